import { describe, emit } from '../events.js'
import * as bench from './bench.js'
import * as connections from './connections.js'
import { benchMesh } from './mesh.js'
import * as own from './process.js'
import * as pubsub from './pubsub.js'
import * as streams from './streams.js'

const commands = {
  dial: connections.dial,
  'dial-wrong-peer': connections.dialWrongPeer,
  hangup: connections.hangup,
  ping: connections.ping,
  identify: connections.identify,
  handle: connections.handle,
  connections: connections.connections,
  direct: streams.direct,
  'universal-direct': streams.universalDirect,
  perf: streams.perf,
  echo: streams.echo,
  streams: streams.streams,
  'half-close': streams.halfClose,
  reset: streams.reset,
  'expect-reset': streams.expectReset,
  send: streams.send,
  'slow-read': streams.slowRead,
  'slow-close': streams.slowClose,
  subscribe: pubsub.subscribe,
  unsubscribe: pubsub.unsubscribe,
  publish: pubsub.publish,
  'pubsub-count': pubsub.pubsubCount,
  'pubsub-peers': pubsub.pubsubPeers,
  memory: own.memory,
  quit: own.quit,
  'bench-connect': bench.benchConnect,
  'bench-echo': bench.benchEcho,
  'bench-streams': bench.benchStreams,
  'bench-ping': bench.benchPing,
  'bench-idle': bench.benchIdle,
  'bench-idle-end': bench.benchIdleEnd,
  'bench-mesh': benchMesh
}

/** Runs one line of input; a failure is an event, never the end. */
export async function run (self, line) {
  let command
  try {
    command = JSON.parse(line)
  } catch (err) {
    emit('error', { op: 'parse', ...describe(err) })
    return
  }
  const action = Object.hasOwn(commands, command?.cmd ?? '') ? commands[command.cmd] : undefined
  if (action == null) {
    emit('error', { id: command?.id, op: command?.cmd ?? 'parse', name: 'UnknownCommand', message: `no command ${command?.cmd}` })
    return
  }
  try {
    await action(self, command)
  } catch (err) {
    emit('error', { id: command.id, op: command.cmd, ...describe(err) })
  }
}
