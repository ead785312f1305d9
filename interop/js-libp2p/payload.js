import { createHash, randomBytes } from 'node:crypto'

const blockSize = 1 << 20
const block = randomBytes(2 * blockSize)

/** Pieces of `total` bytes that hardly repeat: each begins at another place of a random block. */
export function * pieces (total, chunk) {
  if (!(chunk > 0 && chunk <= blockSize)) {
    throw new Error(`chunk ${chunk}: expected 1 to ${blockSize}`)
  }
  let start = 0
  for (let left = total; left > 0;) {
    const size = Math.min(left, chunk)
    yield block.subarray(start, start + size)
    left -= size
    start = (start + 4099) % blockSize
  }
}

/** Counts bytes and hashes them as they pass. */
export class Tally {
  bytes = 0
  #hash = createHash('sha256')

  add (chunk) {
    this.bytes += chunk.byteLength
    // A chunk of the muxer may be a list of buffers.
    if (chunk instanceof Uint8Array) {
      this.#hash.update(chunk)
    } else {
      for (const part of chunk) {
        this.#hash.update(part)
      }
    }
  }

  digest () {
    return this.#hash.digest('hex')
  }
}

export const seconds = since => (performance.now() - since) / 1_000
