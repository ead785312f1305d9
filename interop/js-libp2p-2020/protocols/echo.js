'use strict'

const { createHash, randomBytes } = require('crypto')
const { openStream } = require('../streams')

const echoProtocol = '/echo/1.0.0'
const blockSize = 1 << 20
const block = randomBytes(2 * blockSize)

/** Sends everything back as it comes, and ends when the other side does. */
async function serveEcho ({ stream }) {
  await stream.sink(stream.source)
}

/** Pieces of `total` bytes that hardly repeat: each begins at another place of a random block. */
function * pieces (total, chunk, onPiece) {
  let start = 0
  for (let left = total; left > 0;) {
    const size = Math.min(left, chunk)
    const piece = block.slice(start, start + size)
    onPiece(piece)
    yield piece
    left -= size
    start = (start + 4099) % blockSize
  }
}

/**
 * Sends `bytes` in pieces of `chunk` and compares what returns. With `halfClose` it reads only once its own side has ended, so that
 * all of the answer comes on a stream that is closed for writing.
 */
async function runEcho (node, peer, bytes, chunk, halfClose) {
  const stream = await openStream(node, peer, echoProtocol)
  const [sent, received] = [createHash('sha256'), createHash('sha256')]
  let count = 0
  const read = async () => {
    for await (const data of stream.source) {
      const bytes = data.slice()
      count += bytes.length
      received.update(bytes)
    }
  }
  const reading = halfClose ? undefined : read()
  await stream.sink(pieces(bytes, chunk, piece => sent.update(piece)))
  await (reading || read())
  return { bytes, received: count, ok: sent.digest('hex') === received.digest('hex') }
}

module.exports = { echoProtocol, serveEcho, runEcho }
