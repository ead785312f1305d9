import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Driver } from './driver.js'

const listen = ['--listen', '/ip4/127.0.0.1/tcp/0']
let a, b

before(async () => {
  [a, b] = await Promise.all([Driver.start(...listen, '--reply', 'heard'), Driver.start(...listen)])
  const dialed = await b.ask('dial', { addr: a.addr })
  assert.equal(dialed.event, 'dialed')
  assert.equal(dialed.security, '/noise')
  assert.equal(dialed.muxer, '/yamux/1.0.0')
})

after(() => Promise.all([a?.stop(), b?.stop()]))

test('both sides tell of the connection and of who the other is', async () => {
  assert.equal((await a.wait(e => e.event === 'connect')).peer, b.peer)
  const seen = await a.wait(e => e.event === 'identify' && e.peer === b.peer)
  assert.equal(seen.agent, b.ready.agent)
  assert.ok(seen.protocols.includes('/echo/1.0.0'))
  assert.equal(seen.signedPeerRecord, true)
  assert.ok(seen.observedAddr.startsWith('/ip4/127.0.0.1/tcp/'))
  const again = await b.ask('identify', { peer: a.peer })
  assert.equal(again.event, 'identify')
  assert.equal(again.peer, a.peer)
})

test('ping', async () => {
  const answer = await b.ask('ping', { peer: a.peer })
  assert.equal(answer.event, 'ping')
  assert.ok(answer.rtt_ms >= 0)
})

test('a direct message arrives and its reply comes back', async () => {
  const text = 'Grüße, 世界 🌍'
  const answer = await b.ask('direct', { peer: a.peer, text })
  assert.equal(answer.event, 'direct-sent')
  assert.equal(answer.reply, 'heard')
  const got = await a.wait(e => e.event === 'direct')
  assert.deepEqual([got.from, got.text], [b.peer, text])
})

test('perf moves as many bytes as asked', async () => {
  const answer = await b.ask('perf', { peer: a.peer, up: 5_000_001, down: 7_000_003 })
  assert.equal(answer.event, 'perf')
  assert.deepEqual([answer.up, answer.down], [5_000_001, 7_000_003])
  assert.ok(answer.upload_seconds > 0 && answer.download_seconds > 0)
  const served = await a.wait(e => e.event === 'perf-served')
  assert.deepEqual([served.up, served.down], [5_000_001, 7_000_003])
})

for (const [bytes, chunk] of [[0, 1], [1, 1], [300_000, 1_000], [20_000_000, 65_536], [30_000_000, 1_048_576]]) {
  test(`echo of ${bytes} bytes in pieces of ${chunk}`, async () => {
    const answer = await b.ask('echo', { peer: a.peer, bytes, chunk })
    assert.equal(answer.event, 'echo')
    assert.equal(answer.received, bytes)
    assert.equal(answer.ok, true)
  })
}

test('many streams at once', async () => {
  const answer = await b.ask('streams', { peer: a.peer, count: 500, bytes: 2_000 })
  assert.equal(answer.event, 'streams')
  assert.deepEqual(answer.errors, [])
  assert.deepEqual([answer.opened, answer.ok], [500, 500])
})

test('half-close, reset, and a reset by the other side', async () => {
  const half = await b.ask('half-close', { peer: a.peer, bytes: 100_000 })
  assert.deepEqual([half.event, half.ok, half.writeStatus], ['half-close', true, 'closed'])
  const reset = await b.ask('reset', { peer: a.peer })
  assert.deepEqual([reset.event, reset.status], ['reset', 'aborted'])
  const failed = await a.wait(e => e.event === 'stream-error' && e.protocol === '/echo/1.0.0')
  assert.equal(failed.name, 'StreamResetError')
  const expected = await b.ask('expect-reset', { peer: a.peer })
  assert.deepEqual([expected.event, expected.outcome, expected.status], ['expect-reset', 'reset', 'reset'])
})

test('discard counts what it threw away', async () => {
  const answer = await b.ask('send', { peer: a.peer, protocol: '/test/discard/1.0.0', bytes: 3_000_000 })
  assert.deepEqual([answer.event, answer.received], ['sent', 0])
  assert.equal((await a.wait(e => e.event === 'discarded')).bytes, 3_000_000)
})

test('a slow reader holds the sender back until it reads', async () => {
  const bytes = 12_000_000
  const sending = b.ask('send', { peer: a.peer, protocol: '/test/slow-reader/1.0.0', bytes })
  const { stream } = await a.wait(e => e.event === 'slow-open')
  const first = await a.ask('slow-read', { stream, bytes: 100_000 })
  assert.equal(first.event, 'slow-read')
  assert.ok(first.total >= 100_000 && first.total < bytes, `read ${first.total}`)
  assert.equal(first.ended, false)
  // A round trip on another stream: what the sender could send has been sent by now, and it is not done.
  assert.equal((await b.ask('ping', { peer: a.peer })).event, 'ping')
  assert.equal(await Promise.race([sending, Promise.resolve('held')]), 'held')
  const rest = await a.ask('slow-read', { stream })
  assert.deepEqual([rest.total, rest.ended], [bytes, true])
  assert.equal((await a.ask('slow-close', { stream })).event, 'slow-closed')
  assert.equal((await sending).event, 'sent')
})

test('a peer that is not who was expected is refused', async () => {
  const answer = await b.ask('dial-wrong-peer', { addr: a.addr })
  assert.equal(answer.event, 'dial-failed')
  const nobody = await b.ask('dial', { addr: '/ip4/127.0.0.1/tcp/1' })
  assert.equal(nobody.event, 'dial-failed')
})

test('a protocol offered later is pushed', async () => {
  assert.equal((await a.ask('handle', { protocol: '/test/late/1.0.0' })).event, 'handled')
  const pushed = await b.wait(e => e.event === 'identify' && e.protocols.includes('/test/late/1.0.0'))
  assert.equal(pushed.peer, a.peer)
})

test('memory, connections, unknown and malformed commands', async () => {
  const memory = await a.ask('memory', { gc: true })
  assert.ok(memory.rss > memory.heap && memory.heap > 1e6)
  const list = await a.ask('connections')
  assert.equal(list.items.length, 1)
  assert.equal((await a.ask('no-such')).event, 'error')
  a.process.stdin.write('{nonsense\n')
  await a.wait(e => e.event === 'error' && e.op === 'parse')
})

for (const flags of [['--key', 'secp256k1'], ['--key', 'rsa'], ['--no-early-muxer'], ['--limits', 'default'], ['--no-identify']]) {
  test(`a peer with ${flags.join(' ')}`, async () => {
    const c = await Driver.start(...listen, ...flags)
    try {
      const out = await b.ask('dial', { addr: c.addr })
      assert.deepEqual([out.event, out.muxer, out.peer], ['dialed', '/yamux/1.0.0', c.peer])
      assert.equal((await b.ask('echo', { peer: c.peer, bytes: 100_000 })).ok, true)
      assert.equal((await b.ask('hangup', { peer: c.peer })).connections, 1)
      await c.wait(e => e.event === 'disconnect' && e.peer === b.peer)
      const back = await c.ask('dial', { addr: b.addr })
      assert.equal(back.event, 'dialed')
      assert.equal((await c.ask('hangup', { peer: b.peer, abrupt: true })).connections, 1)
    } finally {
      await c.stop()
    }
  })
}

for (const flags of [['--muxer', 'mplex'], ['--security', 'tls'], ['--security', 'plaintext'], ['--security', 'plaintext', '--muxer', 'mplex']]) {
  test(`two peers with ${flags.join(' ')}`, async () => {
    const [c, d] = await Promise.all([Driver.start(...listen, ...flags), Driver.start(...listen, ...flags)])
    try {
      const out = await c.ask('dial', { addr: d.addr })
      assert.equal(out.event, 'dialed')
      assert.ok(flags.every((value, i) => i % 2 === 0 || [out.security, out.muxer].some(name => name.startsWith(`/${value}/`))))
      assert.equal((await c.ask('echo', { peer: d.peer, bytes: 1_000_000 })).ok, true)
      assert.equal((await c.ask('half-close', { peer: d.peer, bytes: 100_000 })).ok, true)
    } finally {
      await Promise.all([c.stop(), d.stop()])
    }
  })
}

test('measurements count what was done, without failures', async () => {
  for (const parallel of [1, 4]) {
    const connect = await b.ask('bench-connect', { addr: a.addr, seconds: 0.3, parallel })
    assert.deepEqual([connect.event, connect.what, connect.failed, connect.errors], ['bench', 'connect', 0, []])
    assert.ok(connect.count > 0 && connect.p99_us >= connect.p50_us)
  }
  const echo = await b.ask('bench-echo', { peer: a.peer, count: 200, warmup: 10 })
  assert.deepEqual([echo.what, echo.count], ['echo', 200])
  const streams = await b.ask('bench-streams', { peer: a.peer, seconds: 0.3, parallel: 2 })
  assert.deepEqual([streams.what, streams.failed], ['streams', 0])
  assert.ok(streams.count > 0)
  const ping = await b.ask('bench-ping', { peer: a.peer, count: 20, warmup: 1 })
  assert.deepEqual([ping.what, ping.count], ['ping', 20])
  const idle = await b.ask('bench-idle', { addr: a.addr, connections: 10, streams: 5 })
  assert.deepEqual([idle.what, idle.connections, idle.streams], ['idle', 10, 5])
  assert.equal((await a.ask('connections')).items.filter(c => c.streams.length === 5).length, 10)
  assert.equal((await b.ask('bench-idle-end')).connections, 10)
})

test('a mesh of its own delivers every message', async () => {
  const mesh = await b.ask('bench-mesh', { nodes: 4, degree: 1, messages: 4, seconds: 0.2 })
  assert.deepEqual([mesh.event, mesh.what, mesh.timed, mesh.expected], ['bench', 'mesh', 12, 12])
  assert.ok(mesh.per_second > 0 && mesh.copies >= 1 && mesh.p99_ms >= mesh.p50_ms)
})

test('the peer ends with its input, and says goodbye', async () => {
  const c = await Driver.start(...listen)
  assert.equal((await c.ask('quit')).event, 'bye')
  assert.equal(await c.exited, 0)
})
