import { readFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { floodsub } from '@libp2p/floodsub'
import { gossipsub } from '@libp2p/gossipsub'
import { identify, identifyPush } from '@libp2p/identify'
import { mplex } from '@libp2p/mplex'
import { ping } from '@libp2p/ping'
import { plaintext } from '@libp2p/plaintext'
import { preSharedKey } from '@libp2p/pnet'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { webSockets } from '@libp2p/websockets'
import { createLibp2p } from 'libp2p'

export const maxStreams = 10_000

/** Stream limits of a protocol: those of js-libp2p by default are 32 inbound and 64 outbound a connection. */
export function streamLimits (flags) {
  return flags.raised ? { maxInboundStreams: maxStreams, maxOutboundStreams: maxStreams } : {}
}

/** An encrypter that sends no muxer list and heeds none, so that the muxer is negotiated by multistream-select. */
function withoutEarlyMuxer (create) {
  return components => {
    const encrypter = create(components)
    for (const method of ['secureInbound', 'secureOutbound']) {
      const secure = encrypter[method].bind(encrypter)
      encrypter[method] = (connection, options) => secure(connection, { ...options, skipStreamMuxerNegotiation: true })
    }
    return encrypter
  }
}

function connectionLimits (flags) {
  return flags.raised
    ? {
        maxConnections: 100_000,
        inboundConnectionThreshold: 1_000_000,
        maxIncomingPendingConnections: 10_000,
        maxParallelDials: 1_000,
        maxDialQueueLength: 100_000
      }
    : {}
}

/**
 * A stream that is paused is reset once 4 MiB wait in it, though its window may have grown to 16 MiB and the sender kept to
 * it. So a reader that pauses needs room for the whole window.
 */
function muxerLimits (flags) {
  return flags.raised
    ? { ...streamLimits(flags), maxEarlyStreams: 1_000, streamOptions: { maxReadBufferLength: 32 << 20 } }
    : {}
}

/** Of mplex js-libp2p takes five new streams a second, by default. */
function mplexLimits (flags) {
  return flags.raised ? { ...muxerLimits(flags), disconnectThreshold: 1_000_000 } : {}
}

// By the names of the flags. Lists go in the order of the flags: it is the order of preference.
const encrypters = {
  noise: flags => flags.earlyMuxer ? noise() : withoutEarlyMuxer(noise()),
  tls: flags => flags.earlyMuxer ? tls() : withoutEarlyMuxer(tls()),
  plaintext: () => plaintext()
}
const muxers = {
  yamux: flags => yamux(muxerLimits(flags)),
  mplex: flags => mplex(mplexLimits(flags))
}

/** Publish and subscribe, where asked for; publishing to nobody is not an error, as it is not with others. */
function pubsub ({ pubsub, sign }) {
  const policy = { globalSignaturePolicy: sign ? 'StrictSign' : 'StrictNoSign' }
  return {
    none: {},
    gossipsub: { pubsub: gossipsub({ ...policy, allowPublishToZeroTopicPeers: true }) },
    floodsub: { pubsub: floodsub(policy) }
  }[pubsub]
}

/** The certificate that a listener on `/tls/ws` shows. */
function webSocketServer (flags) {
  return flags.cert != null ? { https: { cert: readFileSync(flags.cert), key: readFileSync(flags.certKey) } } : {}
}

/** Makes a node that is not started yet: TCP, WebSocket, identify and ping, the security protocols and muxers of the flags, and the limits that they ask for. */
export async function createNode (flags) {
  const limits = streamLimits(flags)
  if (flags.ca != null) {
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(flags.ca, 'utf8')])
  }
  return createLibp2p({
    start: false,
    privateKey: await generateKeyPair(flags.keyType, ...(flags.keyType === 'RSA' ? [2048] : [])),
    addresses: { listen: flags.listen },
    transports: [tcp(), webSockets(webSocketServer(flags))],
    ...(flags.swarmKey != null ? { connectionProtector: preSharedKey({ psk: readFileSync(flags.swarmKey) }) } : {}),
    connectionEncrypters: flags.security.map(name => encrypters[name](flags)),
    streamMuxers: flags.muxer.map(name => muxers[name](flags)),
    connectionManager: connectionLimits(flags),
    connectionMonitor: { enabled: flags.monitor },
    services: {
      ping: ping(limits),
      ...pubsub(flags),
      ...(flags.identify ? { identify: identify(limits), identifyPush: identifyPush(limits) } : {})
    }
  })
}
