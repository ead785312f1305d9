'use strict'

const multiaddr = require('multiaddr')
const PeerId = require('peer-id')
const { describe, emit } = require('./events')
const { runEcho } = require('./protocols/echo')
const { sendChat } = require('./protocols/chat')
const { connectionTo } = require('./streams')

const defaultChunk = 64 * 1024

function connectionFacts (connection) {
  return {
    peer: connection.remotePeer.toB58String(),
    addr: connection.remoteAddr.toString(),
    connection: connection.id,
    direction: connection.stat.direction,
    security: connection.stat.encryption,
    muxer: connection.stat.multiplexer
  }
}

const commands = {
  /** {addr}: connects; a failure is a `dial-failed`. */
  async dial ({ node }, { id, addr }) {
    let connection
    try {
      connection = await node.dial(multiaddr(addr))
    } catch (err) {
      emit('dial-failed', { id, op: 'dial', ...describe(err) })
      return
    }
    emit('dialed', { id, ...connectionFacts(connection) })
  },

  /** {peer}: closes all connections to the peer. */
  async hangup ({ node }, { id, peer }) {
    const target = PeerId.createFromB58String(peer)
    const connections = (node.connections.get(peer) || []).length
    await node.hangUp(target)
    emit('hungup', { id, peer, connections })
  },

  /** {peer, count?}: pings, each on a stream of its own. */
  async ping ({ node }, { id, peer, count = 1 }) {
    for (let i = 0; i < count; i++) {
      emit('ping', { id, peer, rtt_ms: await node.ping(PeerId.createFromB58String(peer)) })
    }
  },

  /** {peer}: runs identify once more, and tells what the peer store has then. */
  async identify ({ node }, { id, peer }) {
    await node.identifyService.identify(await connectionTo(node, peer))
    const known = PeerId.createFromB58String(peer)
    const agent = node.peerStore.metadataBook.getValue(known, 'AgentVersion')
    const addresses = node.peerStore.addressBook.get(known) || []
    emit('identify', {
      id,
      peer,
      agent: agent && agent.toString(),
      protocols: node.peerStore.protoBook.get(known),
      listenAddrs: addresses.map(a => a.multiaddr.toString())
    })
  },

  /** {peer, text}: a direct message. */
  async direct ({ node }, { id, peer, text }) {
    emit('direct-sent', { id, to: peer, reply: await sendChat(node, peer, text) })
  },

  /** {peer, bytes, chunk?}: an echo, its content compared. */
  async echo ({ node }, { id, peer, bytes, chunk = defaultChunk }) {
    emit('echo', { id, peer, ...await runEcho(node, peer, bytes, chunk, false) })
  },

  /** {peer, bytes?, chunk?}: an echo that is read only after this side has ended. */
  async 'half-close' ({ node }, { id, peer, bytes = 1000, chunk = defaultChunk }) {
    emit('half-close', { id, peer, ...await runEcho(node, peer, bytes, chunk, true) })
  },

  /** {}: the open connections. */
  async connections ({ node }, { id }) {
    emit('connections', { id, items: [...node.connections.values()].flat().map(connectionFacts) })
  },

  /** {text}: says something in the room. */
  async say ({ room }, { id, text }) {
    emit('said', { id, message: await room.say(text) })
  },

  /** {name}: takes a nickname. */
  async name ({ room }, { id, name }) {
    await room.name(name)
    emit('named', { id, name })
  },

  /** {}: sends its statistics to the room. */
  async stats ({ room }, { id }) {
    await room.stats()
    emit('stats-sent', { id })
  },

  /** {}: who of those connected is in the room. */
  async members ({ room }, { id }) {
    emit('members', { id, items: room.members })
  },

  /** {}: says goodbye to all and ends. */
  async quit ({ node }, { id }) {
    await node.stop()
    emit('bye', { id })
    process.exit(0)
  }
}

/** Runs one line of input; a failure is an event, never the end. */
async function run (self, line) {
  let command
  try {
    command = JSON.parse(line)
  } catch (err) {
    emit('error', { op: 'parse', ...describe(err) })
    return
  }
  const action = Object.prototype.hasOwnProperty.call(commands, command.cmd) ? commands[command.cmd] : undefined
  if (action == null) {
    emit('error', { id: command.id, op: command.cmd || 'parse', name: 'UnknownCommand', message: `no command ${command.cmd}` })
    return
  }
  try {
    await action(self, command)
  } catch (err) {
    emit('error', { id: command.id, op: command.cmd, ...describe(err) })
  }
}

module.exports = { connectionFacts, run }
