package io.sharedredis.lettuce.backplane;

import org.jspecify.annotations.Nullable;

/**
 * Channel names of one hub, as ASP.NET Core builds them, without the channel prefix. Names of
 * groups and users go in as they are, case and pattern characters included.
 *
 * @param hub full name of the hub
 */
record Channels(String hub) {

  Channels {
    if (hub.isBlank()) {
      throw new IllegalArgumentException("the full name of a hub must not be empty");
    }
    if (hub.startsWith("}")) {
      // After the brace that begins the hash tag of a history's keys it would leave the tag empty.
      throw new IllegalArgumentException(
          "the full name of a hub must not begin with '}', but is '" + hub + "'");
    }
  }

  String all() {
    return hub + ":all";
  }

  String connection(String connectionId) {
    return hub + ":connection:" + connectionId;
  }

  String group(String group) {
    return hub + ":group:" + group;
  }

  String user(String userId) {
    return hub + ":user:" + userId;
  }

  String groupCommands() {
    return hub + ":internal:groups";
  }

  String acks(String server) {
    return hub + ":internal:ack:" + server;
  }

  String returns(String server) {
    return hub + ":internal:return:" + server;
  }

  /** What kind of channel a name is, for logs and meters; null when it is none of this hub's. */
  @Nullable String kind(String channel) {
    if (!channel.startsWith(hub + ":")) {
      return null;
    }
    String rest = channel.substring(hub.length() + 1);
    if (rest.startsWith("internal:")) {
      int end = rest.indexOf(':', "internal:".length());
      return end < 0 ? rest : rest.substring(0, end);
    }
    int end = rest.indexOf(':');
    return end < 0 ? rest : rest.substring(0, end);
  }
}
