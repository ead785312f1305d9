import { describe, emit } from '../events.js'
import { streamLimits } from '../node.js'
import { chatProtocol, serveChat } from './chat.js'
import { echoProtocol, serveEcho } from './echo.js'
import { perfProtocol, servePerf } from './perf.js'
import {
  discardProtocol, resetProtocol, serveDiscard, serveReset, serveSlowReader, slowReaderProtocol
} from './sink.js'
import { serveUniversal, universalProtocol } from './universal.js'

const handlers = {
  [chatProtocol]: serveChat,
  [echoProtocol]: serveEcho,
  [perfProtocol]: servePerf,
  [discardProtocol]: serveDiscard,
  [resetProtocol]: serveReset,
  [slowReaderProtocol]: serveSlowReader,
  [universalProtocol]: serveUniversal
}

/** Offers `protocol`; a handler that fails tells so (a reset by the other side is such a failure) and resets its stream. */
export async function serve (peer, protocol, handler) {
  await peer.node.handle(protocol, async (stream, connection) => {
    try {
      await handler(stream, connection, peer)
    } catch (err) {
      emit('stream-error', { protocol, from: connection.remotePeer.toString(), ...describe(err) })
      stream.abort(err)
    }
  }, streamLimits(peer.flags))
}

export async function serveAll (peer) {
  for (const [protocol, handler] of Object.entries(handlers)) {
    if (protocol === chatProtocol && !peer.flags.chat) {
      continue
    }
    await serve(peer, protocol, handler)
  }
}
