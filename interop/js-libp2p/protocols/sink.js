import { describe, emit } from '../events.js'
import { readStream } from '../streams.js'

export const discardProtocol = '/test/discard/1.0.0'
export const resetProtocol = '/test/reset/1.0.0'
export const slowReaderProtocol = '/test/slow-reader/1.0.0'

/** Reads everything, keeps nothing, tells how much it was. */
export async function serveDiscard (stream, connection) {
  let bytes = 0
  await readStream(stream, chunk => { bytes += chunk.byteLength })
  await stream.close()
  emit('discarded', { from: connection.remotePeer.toString(), bytes })
}

/** Resets the stream on the first bytes. */
export async function serveReset (stream) {
  stream.addEventListener('message', () => stream.abort(new Error('reset on request')), { once: true })
}

/** A stream that is read only when told: between two reads it is paused, and the sender runs out of window. */
class SlowStream {
  #stream
  #waiting
  total = 0
  ended = false

  constructor (stream, from) {
    this.#stream = stream
    stream.pause()
    stream.addEventListener('message', evt => {
      this.total += evt.data.byteLength
      // Later, for inside resume() a pause would be undone.
      queueMicrotask(() => this.#check())
    })
    stream.addEventListener('end', () => {
      this.ended = true
      this.#check()
    })
    stream.addEventListener('close', evt => {
      this.error = evt.error
      if (evt.error != null) {
        emit('stream-error', { protocol: slowReaderProtocol, from, ...describe(evt.error) })
      }
      this.#check()
    })
  }

  #check () {
    if (this.#waiting != null && (this.total >= this.#waiting.goal || this.ended || this.error != null)) {
      const { resolve, reject } = this.#waiting
      this.#waiting = undefined
      this.error == null ? resolve() : reject(this.error)
    }
    if (this.#waiting == null && this.#stream.readStatus === 'readable') {
      this.#stream.pause()
    }
  }

  /** Reads until at least `bytes` more have come, or to the end where no number is given. */
  read (bytes = Infinity) {
    return new Promise((resolve, reject) => {
      if (this.#waiting != null) {
        throw new Error('a read is already under way')
      }
      this.#waiting = { goal: this.total + bytes, resolve, reject }
      if (this.#stream.readStatus === 'paused') {
        this.#stream.resume()
      }
      this.#check()
    })
  }

  get buffered () {
    return this.#stream.readBufferLength
  }

  async close () {
    await this.#stream.close()
  }
}

export async function serveSlowReader (stream, connection, { slow }) {
  const from = connection.remotePeer.toString()
  const key = slow.size + 1
  slow.set(key, new SlowStream(stream, from))
  emit('slow-open', { from, stream: key })
}
