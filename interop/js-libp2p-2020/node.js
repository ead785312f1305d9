'use strict'

const Libp2p = require('libp2p')
const Plaintext = require('libp2p/src/insecure/plaintext')
const Floodsub = require('libp2p-floodsub')
const Gossipsub = require('libp2p-gossipsub')
const Mplex = require('libp2p-mplex')
const { NOISE } = require('libp2p-noise')
const Secio = require('libp2p-secio')
const TCP = require('libp2p-tcp')
const WebSockets = require('libp2p-websockets')
const PeerId = require('peer-id')

const security = { noise: NOISE, secio: Secio, plaintext: Plaintext }
const pubsub = { gossipsub: Gossipsub, floodsub: Floodsub }

/** Makes a node that is not started yet. Its only muxer is mplex: there was no other. */
async function createNode (flags) {
  return Libp2p.create({
    peerId: await PeerId.create({ keyType: flags.keyType, bits: 2048 }),
    addresses: { listen: flags.listen },
    modules: {
      transport: [TCP, WebSockets],
      // In the order of the flags: it is the order in which a dialler offers them.
      connEncryption: flags.security.map(name => security[name]),
      streamMuxer: [Mplex],
      pubsub: pubsub[flags.pubsub]
    },
    config: {
      peerDiscovery: { autoDial: false },
      pubsub: { enabled: flags.pubsub !== 'none', emitSelf: false },
      relay: { enabled: false }
    }
  })
}

module.exports = { createNode }
