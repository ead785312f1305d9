'use strict'

const multiaddr = require('multiaddr')
const PeerId = require('peer-id')

/** The connection to a peer id (an open one) or to a multiaddr. */
async function connectionTo (node, target) {
  if (target.startsWith('/')) {
    return node.dial(multiaddr(target))
  }
  const connection = node.connectionManager.get(PeerId.createFromB58String(target))
  return connection || node.dial(PeerId.createFromB58String(target))
}

/** Opens a stream: `source` is what comes, `sink(source)` is what goes; when that source ends, so does this side. */
async function openStream (node, target, protocol) {
  const connection = await connectionTo(node, target)
  const { stream } = await connection.newStream([protocol])
  return stream
}

/** Reads to the end into one buffer. */
async function readAll (stream) {
  const chunks = []
  for await (const chunk of stream.source) {
    chunks.push(chunk.slice())
  }
  return Buffer.concat(chunks)
}

/** Sends whole buffers and ends this side. */
function sendAll (stream, ...buffers) {
  return stream.sink(buffers)
}

module.exports = { connectionTo, openStream, readAll, sendAll }
