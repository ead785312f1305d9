'use strict'

const assert = require('assert/strict')
const { resolve } = require('path')
const { test } = require('node:test')

const listen = ['--listen', '/ip4/127.0.0.1/tcp/0']

async function start (...flags) {
  const { Driver } = await import('../../js-libp2p/test/driver.js')
  class Peer extends Driver {}
  Peer.entry = resolve(__dirname, '../peer.js')
  return Peer.start(...flags)
}

async function pair (flagsOfA, flagsOfB, use) {
  const peers = await Promise.all([start(...listen, ...flagsOfA), start(...listen, ...flagsOfB)])
  try {
    await use(...peers)
  } finally {
    await Promise.all(peers.map(peer => peer.stop()))
  }
}

for (const security of ['noise', 'secio', 'plaintext']) {
  test(`two that speak ${security} do all that a driver asks`, () => pair(['--security', security, '--reply', 'heard'], ['--security', security], async (a, b) => {
    const dialed = await b.ask('dial', { addr: a.addr })
    assert.deepEqual([dialed.event, dialed.peer, dialed.muxer], ['dialed', a.peer, '/mplex/6.7.0'])
    assert.ok(dialed.security.includes(security))
    assert.equal((await a.wait(e => e.event === 'connect')).peer, b.peer)
    assert.equal((await b.ask('ping', { peer: a.peer })).event, 'ping')
    assert.ok((await b.ask('identify', { peer: a.peer })).protocols.includes('/echo/1.0.0'))
    assert.equal((await b.ask('direct', { peer: a.peer, text: 'Grüße 🌍' })).reply, 'heard')
    assert.equal((await a.wait(e => e.event === 'direct')).text, 'Grüße 🌍')
    for (const cmd of ['echo', 'half-close']) {
      const echo = await b.ask(cmd, { peer: a.peer, bytes: 1_000_003 })
      assert.deepEqual([echo.event, echo.received, echo.ok], [cmd, 1_000_003, true])
    }
    assert.equal((await a.ask('connections')).items.length, 1)
    assert.equal((await b.ask('hangup', { peer: a.peer })).connections, 1)
    await a.wait(e => e.event === 'disconnect')
  }))
}

for (const pubsub of ['gossipsub', 'floodsub']) {
  test(`a room over ${pubsub} carries texts, names and statistics`, () => pair(['--pubsub', pubsub, '--room'], ['--pubsub', pubsub, '--room'], async (a, b) => {
    await b.ask('dial', { addr: a.addr })
    while ((await a.ask('members')).items.length === 0 || (await b.ask('members')).items.length === 0) {
      await new Promise(resolve => setImmediate(resolve))
    }
    assert.equal((await b.ask('name', { name: 'berta' })).event, 'named')
    assert.equal((await a.wait(e => e.event === 'name')).name, 'berta')
    const { message } = await b.ask('say', { text: 'hello' })
    const heard = await a.wait(e => e.event === 'message')
    assert.deepEqual([heard.from, heard.text, heard.id], [b.peer, 'hello', message])
    await b.ask('stats')
    assert.deepEqual((await a.wait(e => e.event === 'stats')).peers, [a.peer])
  }))
}

test('what it does not know is an error', async () => {
  const peer = await start('--security', 'noise', '--pubsub', 'none')
  try {
    assert.equal((await peer.ask('no-such')).event, 'error')
    assert.equal((await peer.ask('dial', { addr: '/ip4/127.0.0.1/tcp/1/p2p/QmRbNkc6TahKuavjwAKcN1MAzKrSk6wQjg1inY8eUfYNKy' })).event, 'dial-failed')
  } finally {
    await peer.stop()
  }
})
