import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, emit } from '../events.js'
import { seconds } from '../payload.js'
import { serve } from '../protocols/index.js'
import { serveEcho } from '../protocols/echo.js'
import { connectionTo } from '../streams.js'

export function connectionFacts (connection) {
  return {
    peer: connection.remotePeer.toString(),
    addr: connection.remoteAddr.toString(),
    connection: connection.id,
    direction: connection.direction,
    security: connection.encryption,
    muxer: connection.multiplexer
  }
}

export function identifyFacts (result) {
  return {
    peer: result.peerId.toString(),
    agent: result.agentVersion,
    protocolVersion: result.protocolVersion,
    protocols: result.protocols,
    listenAddrs: result.listenAddrs.map(String),
    observedAddr: result.observedAddr?.toString(),
    signedPeerRecord: result.signedPeerRecord != null,
    recordAddrs: result.signedPeerRecord?.addresses.map(String),
    recordSeq: result.signedPeerRecord?.seq.toString(),
    publicKey: result.publicKey != null
  }
}

/** Where a dial fails the event is `dial-failed`, not `error`. */
async function tryDial (op, id, dial) {
  try {
    return await dial()
  } catch (err) {
    emit('dial-failed', { id, op, ...describe(err) })
  }
}

/** {addr, force?}: connects; with `force` even where a connection is open. */
export async function dial ({ node }, { id, addr, force }) {
  const started = performance.now()
  const connection = await tryDial('dial', id, () => node.dial(multiaddr(addr), { force: force === true }))
  if (connection != null) {
    emit('dialed', { id, ...connectionFacts(connection), seconds: seconds(started) })
  }
}

/** {addr}: dials the address with the peer id of nobody. Connecting to it all the same is an error. */
export async function dialWrongPeer ({ node }, { id, addr }) {
  const stranger = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
  const wrong = multiaddr(addr).decapsulate('/p2p').encapsulate(`/p2p/${stranger}`)
  const connection = await tryDial('dial-wrong-peer', id, () => node.dial(wrong, { force: true }))
  if (connection != null) {
    throw new Error(`connected to ${connection.remotePeer} where ${stranger} was expected`)
  }
}

/** {peer, abrupt?}: closes all connections to the peer, with `abrupt` without a goodbye. */
export async function hangup ({ node }, { id, peer, abrupt }) {
  const target = peerIdFromString(peer)
  const connections = node.getConnections(target)
  if (abrupt === true) {
    connections.forEach(c => c.abort(new Error('aborted on request')))
  } else {
    await node.hangUp(target)
  }
  emit('hungup', { id, peer, connections: connections.length })
}

/** {peer, count?}: pings, each on a stream of its own. */
export async function ping ({ node }, { id, peer, count = 1 }) {
  const { remotePeer } = await connectionTo(node, peer)
  for (let i = 0; i < count; i++) {
    const started = performance.now()
    const rtt = await node.services.ping.ping(remotePeer)
    emit('ping', { id, peer: remotePeer.toString(), rtt_ms: rtt, total_ms: seconds(started) * 1_000 })
  }
}

/** {peer}: runs identify once more. */
export async function identify ({ node }, { id, peer }) {
  const result = await node.services.identify.identify(await connectionTo(node, peer))
  emit('identify', { id, ...identifyFacts(result) })
}

/** {protocol}: offers one more protocol (an echo); js-libp2p pushes its identify a second later. */
export async function handle (self, { id, protocol }) {
  await serve(self, protocol, serveEcho)
  emit('handled', { id, protocol })
}

/** {}: the open connections, each with its number of streams. */
export async function connections ({ node }, { id }) {
  emit('connections', {
    id,
    items: node.getConnections().map(c => ({ ...connectionFacts(c), streams: c.streams.map(s => s.protocol) }))
  })
}
