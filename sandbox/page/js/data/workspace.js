/** What is known of the workspace for the acting user, current by the server's pushes. */
import { Emitter } from "../base/emitter.js";
import { Conversation } from "./conversation.js";

/** Emits one event per kind of change; the views listen and draw. */
export class Workspace extends Emitter {
  /** @param {any} boot answer of /boot @param {import("./api.js").Api} api */
  constructor(boot, api) {
    super();
    this.api = api;
    this.team = boot.team;
    this.me = boot.me;
    this.app = boot.app;
    this.commands = boot.commands;
    this.shortcuts = boot.shortcuts;
    this.usergroups = boot.usergroups;
    /** @type {Map<string, any>} */
    this.users = new Map(boot.users.map((one) => [one.id, one]));
    /** @type {Map<string, any>} */
    this.channels = new Map(boot.channels.map((one) => [one.id, one]));
    /** @type {Map<string, Conversation>} */
    this.conversations = new Map();
    this.home = null;
    this.keepTime(boot.time);
  }

  /** The workspace's clock may run faster than this machine's. @param {{at: number, pace: number}} time Unix seconds */
  keepTime({ at, pace }) {
    this.time = { at, pace, heard: performance.now() };
  }

  /** The workspace's time, Unix seconds. */
  now() {
    const { at, pace, heard } = this.time;
    return at + ((performance.now() - heard) / 1000) * pace;
  }

  nameOf(id) {
    const user = this.users.get(id);
    return user ? user.display_name || user.real_name || user.name : id;
  }

  /** @param {string} id @returns {Conversation} */
  conversation(id) {
    if (!this.conversations.has(id)) this.conversations.set(id, new Conversation(id, this.api));
    return this.conversations.get(id);
  }

  /** The direct message with the app, if it exists. */
  get appChannel() {
    return [...this.channels.values()].find((one) => one.im_user === this.app.bot_user_id) || null;
  }

  get humans() {
    return [...this.users.values()].filter((one) => !one.is_bot && one.id !== "USLACKBOT");
  }

  /** Take in one push of the server. @param {any} push */
  apply(push) {
    const handler = HANDLERS[push.type];
    if (handler) handler(this, push);
    else this.emit(push.type, push);
  }
}

/** The conversation of a push, loaded or about to be, or null: what was never opened is read when it is. */
function open(workspace, push) {
  const conversation = workspace.conversations.get(push.channel);
  return conversation?.loaded || conversation?.loading || conversation?.threads.size ? conversation : null;
}

function isReply(message) {
  return message.thread_ts && message.thread_ts !== message.ts;
}

function take(workspace, push) {
  const { message } = push;
  if (push.type.startsWith("ephemeral")) message.is_ephemeral = true;
  // What only this person sees is nowhere else: it is taken in before the channel is opened, too.
  const conversation = message.is_ephemeral ? workspace.conversation(push.channel) : open(workspace, push);
  let fresh = false;
  if (conversation) {
    if (isReply(message)) fresh = conversation.upsertReply(message.thread_ts, message);
    else conversation.upsertReply(message.ts, message);
    if (!isReply(message) || message.subtype === "thread_broadcast") fresh = conversation.upsert(message) || fresh;
  }
  const kind = push.type.endsWith("_changed") ? "changed" : "message";
  workspace.emit(kind, { channel: push.channel, message, fresh });
}

function drop(workspace, push) {
  workspace.conversations.get(push.channel)?.remove(push.ts);
  workspace.emit("deleted", { channel: push.channel, ts: push.ts });
}

const HANDLERS = {
  message: take,
  message_changed: take,
  ephemeral: take,
  ephemeral_changed: take,
  message_deleted: drop,
  ephemeral_deleted: drop,
  home(workspace, push) {
    workspace.home = push.view;
    workspace.emit("home", push.view);
  },
  channel(workspace, push) {
    if (!push.channel) return;
    workspace.channels.set(push.channel.id, { ...workspace.channels.get(push.channel.id), ...push.channel });
    workspace.emit("channels");
  },
  unread(workspace, push) {
    const channel = workspace.channels.get(push.channel);
    if (!channel) return;
    channel.unread = push.unread;
    channel.mention = push.unread > 0 && (push.mention || Boolean(channel.mention));
    workspace.emit("channels");
  },
  app(workspace, push) {
    workspace.app.connected = push.connected;
    workspace.app.transport = push.transport;
    workspace.emit("app");
    workspace.emit("channels");
  },
  user(workspace, push) {
    workspace.users.set(push.user.id, push.user);
    if (push.user.id === workspace.me.id) workspace.me = push.user;
    workspace.emit("channels");
  },
};
