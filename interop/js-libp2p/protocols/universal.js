import { emit } from '../events.js'
import { openStream } from '../streams.js'

/** Direct messages of the universal-connectivity chat: one protobuf behind its length each way. */
export const universalProtocol = '/universal-connectivity/dm/1.0.0'

const ok = 200

function varint (value) {
  const bytes = []
  for (; value >= 0x80; value = Math.floor(value / 0x80)) {
    bytes.push((value % 0x80) | 0x80)
  }
  return Buffer.from([...bytes, value])
}

function readVarint (buffer, at) {
  let value = 0
  for (let factor = 1; at < buffer.length; factor *= 0x80) {
    const byte = buffer[at++]
    value += (byte & 0x7f) * factor
    if (byte < 0x80) {
      return { value, at }
    }
  }
  return undefined
}

const field = (number, content) => Buffer.concat([Buffer.from([number << 3 | 2]), varint(content.length), content])
const metadata = () => field(1, Buffer.concat([field(1, Buffer.from('js')), Buffer.from([2 << 3]), varint(Date.now())]))
const framed = message => Buffer.concat([varint(message.length), message])

/** The fields of a message by their number: bytes, or a number. */
function fields (message) {
  const found = {}
  for (let at = 0; at < message.length;) {
    const tag = readVarint(message, at)
    const read = readVarint(message, tag.at)
    const isBytes = (tag.value & 7) === 2
    at = isBytes ? read.at + read.value : read.at
    found[tag.value >> 3] = isBytes ? message.subarray(read.at, at) : read.value
  }
  return found
}

async function readMessage (stream) {
  let buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    buffer = Buffer.concat([buffer, chunk.subarray()])
    const length = readVarint(buffer, 0)
    if (length != null && buffer.length >= length.at + length.value) {
      return fields(buffer.subarray(length.at, length.at + length.value))
    }
  }
  throw new Error('the stream ended before a message did')
}

/** Takes a direct message and says so. */
export async function serveUniversal (stream, connection) {
  const request = await readMessage(stream)
  emit('direct', { from: connection.remotePeer.toString(), text: request[2].toString('utf8'), type: request[3].toString('utf8') })
  stream.send(framed(Buffer.concat([metadata(), Buffer.from([2 << 3]), varint(ok)])))
  await stream.close()
}

/** Sends a direct message; resolves with the status that is answered. */
export async function sendUniversal (node, peer, text) {
  const stream = await openStream(node, peer, universalProtocol)
  stream.send(framed(Buffer.concat([metadata(), field(2, Buffer.from(text)), field(3, Buffer.from('text/plain'))])))
  const response = await readMessage(stream)
  await stream.close()
  return response[2] ?? 0
}
