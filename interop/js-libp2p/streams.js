import { StreamResetError } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'

/** The connection to a peer id (an open one, else by the peer store) or to a multiaddr. */
export async function connectionTo (node, target) {
  if (target.startsWith('/')) {
    return node.dial(multiaddr(target))
  }
  const peer = peerIdFromString(target)
  return node.getConnections(peer).find(c => c.status === 'open') ?? await node.dial(peer)
}

export async function openStream (node, target, protocol) {
  const connection = await connectionTo(node, target)
  return connection.newStream(protocol)
}

function drained (stream) {
  return new Promise((resolve, reject) => {
    const done = evt => {
      stream.removeEventListener('drain', done)
      stream.removeEventListener('close', done)
      evt.type === 'drain' ? resolve() : reject(evt.error ?? new StreamResetError('closed while waiting to write'))
    }
    stream.addEventListener('drain', done)
    stream.addEventListener('close', done)
  })
}

async function untilWritable (stream) {
  while (stream.writableNeedsDrain) {
    await drained(stream)
  }
}

/**
 * Sends bytes; returns a promise only where the writer has to wait. Waits on the event itself: the promise of
 * `stream.onDrain()` is made once a stream and stays resolved, so from the second time on it waits for nothing.
 */
export function write (stream, bytes) {
  return stream.send(bytes) ? undefined : untilWritable(stream)
}

/**
 * Hands every chunk to `onData` and resolves at the end; rejects when the stream is reset. While a promise that `onData`
 * returned is pending the stream is paused, so the other side runs out of window. Safe to begin late: `for await` on a
 * stream whose end has already arrived never ends, this does.
 */
export function readStream (stream, onData) {
  return new Promise((resolve, reject) => {
    let pending = 0
    let ended = false
    let resuming = false
    let work = Promise.resolve()

    const settle = err => {
      stream.removeEventListener('message', onMessage)
      stream.removeEventListener('end', onEnd)
      stream.removeEventListener('close', onClose)
      err == null ? resolve() : reject(err)
    }
    const hold = () => {
      // Inside resume() a pause would be undone when resume() goes on: release() makes up for it.
      if (!resuming && stream.readStatus === 'readable') {
        stream.pause()
      }
    }
    const release = () => {
      if (stream.readStatus === 'paused') {
        resuming = true
        try {
          stream.resume()
        } finally {
          resuming = false
        }
        if (pending > 0) {
          hold()
        }
      }
    }
    const finish = () => {
      if (ended && pending === 0) {
        settle()
      }
    }
    const onMessage = evt => {
      let waiting
      try {
        waiting = pending > 0 ? work.then(() => onData(evt.data)) : onData(evt.data)
      } catch (err) {
        settle(err)
        return
      }
      if (waiting == null) {
        return
      }
      pending++
      hold()
      work = waiting.then(() => {
        pending--
        if (pending === 0) {
          release()
        }
        finish()
      }, settle)
    }
    const onEnd = () => {
      // A reset tells of the end as well, right before it tells of the close with its error.
      if (stream.status !== 'reset' && stream.status !== 'aborted') {
        ended = true
        finish()
      }
    }
    const onClose = evt => {
      if (evt.error != null) {
        settle(evt.error)
      }
    }
    stream.addEventListener('end', onEnd)
    stream.addEventListener('close', onClose)
    stream.addEventListener('message', onMessage)
    if (stream.status === 'reset' || stream.status === 'aborted') {
      settle(new StreamResetError('the stream was reset before it was read'))
    } else if (stream.readableEnded) {
      onEnd()
    }
  })
}

/** Reads to the end into one buffer, at most `limit` bytes. */
export async function readAll (stream, limit = 1 << 20) {
  const chunks = []
  let length = 0
  await readStream(stream, chunk => {
    length += chunk.byteLength
    if (length > limit) {
      throw new Error(`more than ${limit} bytes`)
    }
    chunks.push(Buffer.from(chunk.subarray()))
  })
  return Buffer.concat(chunks)
}
