'use strict'

const { parseArgs } = require('util')

const choices = {
  security: ['noise', 'secio', 'plaintext'],
  pubsub: ['gossipsub', 'floodsub', 'none'],
  key: ['rsa', 'ed25519', 'secp256k1']
}

function oneOf (name, value) {
  if (!choices[name].includes(value)) {
    throw new Error(`--${name} ${value}: expected one of ${choices[name].join(', ')}`)
  }
  return value
}

/** Reads the command line. Unknown flags and values are errors, so that a test never runs something else than it asked for. */
function readFlags (args) {
  const { values } = parseArgs({
    args,
    allowPositionals: false,
    options: {
      listen: { type: 'string', multiple: true, default: [] },
      security: { type: 'string', multiple: true, default: ['noise', 'secio'] },
      pubsub: { type: 'string', default: 'gossipsub' },
      key: { type: 'string', default: 'rsa' },
      reply: { type: 'string' },
      room: { type: 'boolean', default: false },
      name: { type: 'string' },
      'any-certificate': { type: 'boolean', default: false }
    }
  })
  return {
    listen: values.listen,
    security: values.security.map(value => oneOf('security', value)),
    pubsub: oneOf('pubsub', values.pubsub),
    keyType: oneOf('key', values.key),
    reply: values.reply,
    room: values.room,
    name: values.name,
    anyCertificate: values['any-certificate']
  }
}

module.exports = { readFlags }
