'use strict'

const { emit } = require('../events')
const { openStream, readAll, sendAll } = require('../streams')

const chatProtocol = '/libp2p/chat/1.0.0'

/** Takes a direct message, and answers it on the same stream where the flags say so. */
async function serveChat ({ stream, connection }, { flags }) {
  const text = (await readAll(stream)).toString('utf8')
  emit('direct', { from: connection.remotePeer.toB58String(), text })
  await sendAll(stream, ...(flags.reply == null ? [] : [Buffer.from(flags.reply)]))
}

/** Sends a direct message; resolves with the answer, empty where there is none. */
async function sendChat (node, peer, text) {
  const stream = await openStream(node, peer, chatProtocol)
  const [, answer] = await Promise.all([sendAll(stream, Buffer.from(text)), readAll(stream)])
  return answer.toString('utf8')
}

module.exports = { chatProtocol, serveChat, sendChat }
