import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify, identifyPush } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'

export const maxStreams = 10_000

/** Stream limits of a protocol: those of js-libp2p by default are 32 inbound and 64 outbound a connection. */
export function streamLimits (flags) {
  return flags.raised ? { maxInboundStreams: maxStreams, maxOutboundStreams: maxStreams } : {}
}

/** Noise that sends no muxer list and heeds none, so that the muxer is negotiated by multistream-select. */
function noiseWithoutEarlyMuxer (components) {
  const encrypter = noise()(components)
  for (const method of ['secureInbound', 'secureOutbound']) {
    const secure = encrypter[method].bind(encrypter)
    encrypter[method] = (connection, options) => secure(connection, { ...options, skipStreamMuxerNegotiation: true })
  }
  return encrypter
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

/** Makes a node that is not started yet: TCP, noise, yamux, identify and ping, with the limits that the flags ask for. */
export async function createNode (flags) {
  const limits = streamLimits(flags)
  return createLibp2p({
    start: false,
    privateKey: await generateKeyPair(flags.keyType, ...(flags.keyType === 'RSA' ? [2048] : [])),
    addresses: { listen: flags.listen },
    transports: [tcp()],
    connectionEncrypters: [flags.earlyMuxer ? noise() : noiseWithoutEarlyMuxer],
    streamMuxers: [yamux(muxerLimits(flags))],
    connectionManager: connectionLimits(flags),
    connectionMonitor: { enabled: flags.monitor },
    services: {
      ping: ping(limits),
      ...(flags.identify ? { identify: identify(limits), identifyPush: identifyPush(limits) } : {})
    }
  })
}
