'use strict'

const { createInterface } = require('readline')
const { connectionFacts, run } = require('./commands')
const { describe, emit } = require('./events')
const { readFlags } = require('./flags')
const { createNode } = require('./node')
const { chatProtocol, serveChat } = require('./protocols/chat')
const { echoProtocol, serveEcho } = require('./protocols/echo')
const { Room } = require('./protocols/room')

// As in any Node program a stray error ends it, but the driver learns which.
process.on('uncaughtException', err => {
  emit('error', { op: 'uncaught', fatal: true, ...describe(err), stack: err.stack })
  process.exit(70)
})
// js-libp2p of 2020 was written when a rejection that nobody awaits did not end a process: a connection that is lost leaves some.
process.on('unhandledRejection', err => emit('stray', describe(err)))

/** Offers a protocol; a handler that fails tells so. */
function serve (self, protocol, handler) {
  self.node.handle(protocol, async incoming => {
    try {
      await handler(incoming, self)
    } catch (err) {
      emit('stream-error', { protocol, from: incoming.connection.remotePeer.toB58String(), ...describe(err) })
    }
  })
}

async function start (flags) {
  const node = await createNode(flags)
  const self = { node, flags }
  node.connectionManager.on('peer:connect', connection => emit('connect', connectionFacts(connection)))
  node.connectionManager.on('peer:disconnect', connection => emit('disconnect', { peer: connection.remotePeer.toB58String(), connection: connection.id }))
  serve(self, chatProtocol, serveChat)
  serve(self, echoProtocol, serveEcho)
  await node.start()
  if (flags.room) {
    self.room = new Room(node)
    if (flags.name != null) {
      await self.room.name(flags.name)
    }
  }
  return self
}

async function main () {
  let flags
  try {
    flags = readFlags(process.argv.slice(2))
  } catch (err) {
    emit('error', { op: 'flags', fatal: true, ...describe(err) })
    process.exit(64)
  }
  if (flags.anyCertificate) {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  }
  const self = await start(flags)
  const peer = self.node.peerId.toB58String()
  emit('ready', { peer, addrs: self.node.multiaddrs.map(addr => `${addr}/p2p/${peer}`), key: flags.keyType, pid: process.pid })

  const input = createInterface({ input: process.stdin })
  input.on('line', line => {
    if (line.trim() !== '') {
      run(self, line)
    }
  })
  // Without its driver the peer has no purpose.
  input.on('close', () => run(self, '{"cmd":"quit"}'))
}

main()
