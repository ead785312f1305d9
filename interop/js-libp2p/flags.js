import { parseArgs } from 'node:util'

// js-libp2p 3 makes no peer id from an ECDSA key, neither its own nor another's.
const keyTypes = { ed25519: 'Ed25519', secp256k1: 'secp256k1', rsa: 'RSA' }

const securityNames = ['noise', 'tls', 'plaintext']
const muxerNames = ['yamux', 'mplex']

function oneOf (name, value, allowed) {
  if (!allowed.includes(value)) {
    throw new Error(`--${name} ${value}: expected one of ${allowed.join(', ')}`)
  }
  return value
}

/** Reads the command line. Unknown flags and values are errors, so that a test never runs something else than it asked for. */
export function readFlags (args) {
  const { values } = parseArgs({
    args,
    allowPositionals: false,
    options: {
      listen: { type: 'string', multiple: true, default: [] },
      key: { type: 'string', default: 'ed25519' },
      reply: { type: 'string' },
      security: { type: 'string', multiple: true, default: ['noise'] },
      muxer: { type: 'string', multiple: true, default: ['yamux'] },
      pubsub: { type: 'string', default: 'none' },
      'no-sign': { type: 'boolean', default: false },
      limits: { type: 'string', default: 'raised' },
      cert: { type: 'string' },
      'cert-key': { type: 'string' },
      ca: { type: 'string' },
      'swarm-key': { type: 'string' },
      'no-chat': { type: 'boolean', default: false },
      'no-early-muxer': { type: 'boolean', default: false },
      'no-identify': { type: 'boolean', default: false },
      'no-monitor': { type: 'boolean', default: false }
    }
  })
  return {
    listen: values.listen,
    keyType: keyTypes[oneOf('key', values.key, Object.keys(keyTypes))],
    reply: values.reply,
    security: values.security.map(name => oneOf('security', name, securityNames)),
    muxer: values.muxer.map(name => oneOf('muxer', name, muxerNames)),
    pubsub: oneOf('pubsub', values.pubsub, ['none', 'gossipsub', 'floodsub']),
    sign: !values['no-sign'],
    raised: oneOf('limits', values.limits, ['default', 'raised']) === 'raised',
    cert: values.cert,
    certKey: values['cert-key'],
    ca: values.ca,
    swarmKey: values['swarm-key'],
    chat: !values['no-chat'],
    earlyMuxer: !values['no-early-muxer'],
    identify: !values['no-identify'],
    monitor: !values['no-monitor']
  }
}
