import { pieces, seconds, Tally } from '../payload.js'
import { readStream, write } from '../streams.js'

export const echoProtocol = '/echo/1.0.0'

/** Sends everything back as it comes; reads no further while the way back is full. */
export async function serveEcho (stream) {
  await readStream(stream, chunk => write(stream, chunk))
  await stream.close()
}

/** Sends `bytes` in pieces of `chunk` on an open echo stream and compares what returns. */
export async function runEcho (stream, bytes, chunk) {
  const started = performance.now()
  const sent = new Tally()
  const received = new Tally()
  const reading = readStream(stream, data => received.add(data))
  reading.catch(() => {})
  for (const piece of pieces(bytes, chunk)) {
    sent.add(piece)
    await write(stream, piece)
  }
  await stream.close()
  await reading
  const [out, back] = [sent.digest(), received.digest()]
  return { bytes, received: received.bytes, ok: out === back, sha256: out, seconds: seconds(started) }
}
