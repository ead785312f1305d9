import { createHash } from 'node:crypto'
import { emit } from '../events.js'
import { seconds } from '../payload.js'

const longestText = 256

/** A moment of this process's clock as seconds since 1970, which other processes know too. */
const instant = now => (performance.timeOrigin + now) / 1_000

function service ({ node }) {
  if (node.services.pubsub == null) {
    throw new Error('no pubsub: start the peer with --pubsub')
  }
  return node.services.pubsub
}

/** Tells of the messages of subscribed topics: all of them, or only how many where a subscription is quiet. */
export function reportMessages (self) {
  self.counts = new Map()
  self.node.services.pubsub?.addEventListener('message', ({ detail }) => {
    const { topic, from, data, sequenceNumber } = detail
    const count = self.counts.get(topic)
    if (count != null) {
      count.first ??= performance.now()
      count.messages++
      count.bytes += data.byteLength
      count.last = performance.now()
      return
    }
    emit('pubsub', {
      topic,
      from: from?.toString(),
      seqno: sequenceNumber?.toString(),
      bytes: data.byteLength,
      sha256: createHash('sha256').update(data).digest('hex'),
      ...(data.byteLength <= longestText ? { text: new TextDecoder().decode(data) } : {})
    })
  })
}

/** {topic, quiet?}: subscribes; quiet: messages are counted, and `pubsub-count` tells. */
export async function subscribe (self, { id, topic, quiet }) {
  if (quiet === true) {
    self.counts.set(topic, { messages: 0, bytes: 0, last: 0 })
  }
  service(self).subscribe(topic)
  emit('subscribed', { id, topic })
}

/** {topic}: leaves. */
export async function unsubscribe (self, { id, topic }) {
  service(self).unsubscribe(topic)
  self.counts.delete(topic)
  emit('unsubscribed', { id, topic })
}

/** {topic, text?, bytes?, count?}: publishes a text, or so many messages of so many bytes. */
export async function publish (self, { id, topic, text, bytes = 0, count = 1 }) {
  const pubsub = service(self)
  const data = text != null ? new TextEncoder().encode(text) : new Uint8Array(bytes).fill(7)
  const started = performance.now()
  let recipients = 0
  for (let i = 0; i < count; i++) {
    // No two the same, or they would be one where messages are known by their content.
    if (count > 1) {
      new DataView(data.buffer).setFloat64(0, started + i)
    }
    recipients = (await pubsub.publish(topic, data)).recipients.length
  }
  emit('published', { id, topic, count, recipients, seconds: seconds(started), began_at: instant(started) })
}

/** {topic}: how many messages of a quiet subscription came, in what time from the first to the last, and how long ago that was. */
export async function pubsubCount (self, { id, topic }) {
  const { messages = 0, bytes = 0, first = 0, last = 0 } = self.counts.get(topic) ?? {}
  emit('pubsub-count', { id, topic, messages, bytes, seconds: (last - first) / 1_000, last_at: instant(last), quiet_seconds: messages === 0 ? 0 : seconds(last) })
}

/** {topic}: who is subscribed, who is in the mesh, each peer's score, how many messages peers have said they do not want; floodsub has no meshes. */
export async function pubsubPeers (self, { id, topic }) {
  const pubsub = service(self)
  const peers = pubsub.getPeers().map(String)
  emit('pubsub-peers', {
    id,
    topic,
    subscribers: pubsub.getSubscribers(topic).map(String),
    mesh: pubsub.getMeshPeers?.(topic) ?? [],
    // Not public, and the only place where js-libp2p shows that an IDONTWANT has come.
    unwanted: [...pubsub.idontwants?.values() ?? []].reduce((sum, ids) => sum + ids.size, 0),
    scores: Object.fromEntries(peers.map(peer => [peer, pubsub.getScore?.(peer) ?? 0]))
  })
}
