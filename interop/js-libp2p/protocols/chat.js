import { emit } from '../events.js'
import { openStream, readAll } from '../streams.js'

export const chatProtocol = '/libp2p/chat/1.0.0'

/**
 * Takes a direct message. Reads with `for await`, as applications do, and so hangs as they do when the sender's end arrives
 * before the handler runs: a peer under test must not let that happen.
 */
export async function serveChat (stream, connection, { flags }) {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  for await (const chunk of stream) {
    text += decoder.decode(chunk.subarray(), { stream: true })
  }
  text += decoder.decode()
  emit('direct', { from: connection.remotePeer.toString(), text })
  if (flags.reply != null) {
    stream.send(new TextEncoder().encode(flags.reply))
  }
  await stream.close()
}

/** Sends a direct message; resolves with the answer, empty where there is none. */
export async function sendChat (node, peer, text) {
  const stream = await openStream(node, peer, chatProtocol)
  const answer = readAll(stream)
  answer.catch(() => {})
  stream.send(new TextEncoder().encode(text))
  await stream.close()
  return (await answer).toString('utf8')
}
