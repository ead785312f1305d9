import { createInterface } from 'node:readline'
import { connectionFacts, identifyFacts } from './commands/connections.js'
import { run } from './commands/index.js'
import { reportMessages } from './commands/pubsub.js'
import { describe, emit } from './events.js'
import { readFlags } from './flags.js'
import { createNode } from './node.js'
import { serveAll } from './protocols/index.js'

// As in any Node program a stray error ends it, but the driver learns which.
process.on('uncaughtException', err => {
  emit('error', { op: 'uncaught', fatal: true, ...describe(err), stack: err.stack })
  process.exit(70)
})

async function start (flags) {
  const node = await createNode(flags)
  node.addEventListener('connection:open', ({ detail }) => emit('connect', connectionFacts(detail)))
  node.addEventListener('connection:close', ({ detail }) => {
    emit('disconnect', { peer: detail.remotePeer.toString(), connection: detail.id })
  })
  node.addEventListener('peer:identify', ({ detail }) => emit('identify', identifyFacts(detail)))
  const self = { node, flags, slow: new Map(), stop: () => node.stop() }
  reportMessages(self)
  // Before it listens, so that nobody finds it without its protocols.
  await serveAll(self)
  await node.start()
  return self
}

/** The agent that identify announces; undefined without identify. */
async function agentOf (node) {
  const { metadata } = await node.peerStore.get(node.peerId)
  const agent = metadata.get('AgentVersion')
  return agent == null ? undefined : new TextDecoder().decode(agent)
}

let flags
try {
  flags = readFlags(process.argv.slice(2))
} catch (err) {
  emit('error', { op: 'flags', fatal: true, ...describe(err) })
  process.exit(64)
}

const self = await start(flags)
emit('ready', {
  peer: self.node.peerId.toString(),
  addrs: self.node.getMultiaddrs().map(String),
  agent: await agentOf(self.node),
  key: self.node.peerId.type,
  pid: process.pid
})

const input = createInterface({ input: process.stdin })
input.on('line', line => {
  if (line.trim() !== '') {
    run(self, line)
  }
})
// Without its driver the peer has no purpose.
input.on('close', () => run(self, '{"cmd":"quit"}'))
