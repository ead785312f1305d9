import { emit } from '../events.js'
import { seconds } from '../payload.js'
import { openStream, readStream, write } from '../streams.js'

export const perfProtocol = '/perf/1.0.0'

const block = new Uint8Array(64 * 1024)

async function writeZeros (stream, count) {
  for (let left = count; left > 0;) {
    const size = Math.min(left, block.length)
    await write(stream, size === block.length ? block : block.subarray(0, size))
    left -= size
  }
}

/** Reads the wanted size (big-endian uint64) and the upload to its end, then sends that many bytes. */
export async function servePerf (stream, connection) {
  const started = performance.now()
  const header = Buffer.alloc(8)
  let read = 0
  await readStream(stream, chunk => {
    if (read < header.length) {
      header.set(chunk.subarray(0, Math.min(chunk.byteLength, header.length - read)), read)
    }
    read += chunk.byteLength
  })
  if (read < header.length) {
    throw new Error(`the request is ${read} bytes, expected at least ${header.length}`)
  }
  const down = Number(header.readBigUInt64BE())
  await writeZeros(stream, down)
  await stream.close()
  emit('perf-served', { from: connection.remotePeer.toString(), up: read - header.length, down, seconds: seconds(started) })
}

/** The upload is timed until the first byte of the answer (or the end) arrives: then the other side has read it all. */
export async function runPerf (node, peer, up, down) {
  const stream = await openStream(node, peer, perfProtocol)
  const started = performance.now()
  let answered
  let received = 0
  const reading = readStream(stream, chunk => {
    answered ??= performance.now()
    received += chunk.byteLength
  })
  reading.catch(() => {})
  const header = Buffer.alloc(8)
  header.writeBigUInt64BE(BigInt(down))
  await write(stream, header)
  await writeZeros(stream, up)
  await stream.close()
  await reading
  const ended = performance.now()
  answered ??= ended
  if (received !== down) {
    throw new Error(`asked for ${down} bytes, got ${received}`)
  }
  return {
    up,
    down,
    seconds: (ended - started) / 1_000,
    upload_seconds: (answered - started) / 1_000,
    download_seconds: (ended - answered) / 1_000
  }
}
