'use strict'

const protons = require('protons')
const { randomBytes } = require('crypto')
const { describe, emit } = require('../events')

// The room of the workshop: chat text, nicknames, and who is connected to whom.
const topic = '/libp2p/example/chat/1.0.0'

const { Request, Stats } = protons(`
message Request {
  enum Type {
    SEND_MESSAGE = 0;
    UPDATE_PEER = 1;
    STATS = 2;
  }
  required Type type = 1;
  optional SendMessage sendMessage = 2;
  optional UpdatePeer updatePeer = 3;
  optional Stats stats = 4;
}
message SendMessage {
  required bytes data = 1;
  required int64 created = 2;
  required bytes id = 3;
}
message UpdatePeer {
  optional bytes userHandle = 1;
}
message Stats {
  enum NodeType {
    GO = 0;
    NODEJS = 1;
    BROWSER = 2;
  }
  repeated bytes connectedPeers = 1;
  optional NodeType nodeType = 2;
}`)

/** The room as a member of 2020 keeps it: it tells its name and statistics, and what the others say. */
class Room {
  constructor (node) {
    this.node = node
    node.connectionManager.on('peer:connect', () => this.stats())
    node.connectionManager.on('peer:disconnect', () => this.stats())
    node.pubsub.subscribe(topic, message => this.receive(message))
  }

  receive ({ from, data }) {
    let request
    try {
      request = Request.decode(data)
    } catch (err) {
      emit('error', { op: 'room', from, ...describe(err) })
      return
    }
    switch (request.type) {
      case Request.Type.SEND_MESSAGE: {
        const { data, created, id } = request.sendMessage
        emit('message', { room: topic, from, text: data.toString(), id: id.toString(), created: Number(created) })
        break
      }
      case Request.Type.UPDATE_PEER:
        emit('name', { from, name: request.updatePeer.userHandle.toString() })
        break
      case Request.Type.STATS:
        emit('stats', { from, peers: request.stats.connectedPeers.map(String), nodeType: request.stats.nodeType })
        break
    }
  }

  async publish (request) {
    await this.node.pubsub.publish(topic, Request.encode(request))
  }

  async say (text) {
    const id = randomBytes(4).toString('hex') + Date.now()
    await this.publish({ type: Request.Type.SEND_MESSAGE, sendMessage: { id: Buffer.from(id), data: Buffer.from(text), created: Date.now() } })
    return id
  }

  async name (name) {
    await this.publish({ type: Request.Type.UPDATE_PEER, updatePeer: { userHandle: Buffer.from(name) } })
  }

  async stats () {
    try {
      const connectedPeers = [...this.node.connections.keys()].map(peer => Buffer.from(peer))
      await this.publish({ type: Request.Type.STATS, stats: { connectedPeers, nodeType: Stats.NodeType.NODEJS } })
    } catch (err) {
      emit('error', { op: 'stats', ...describe(err) })
    }
  }

  get members () {
    return this.node.pubsub.getSubscribers(topic)
  }
}

module.exports = { Room }
