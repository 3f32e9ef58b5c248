package io.sharedredis.lettuce.backplane;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.hub.protocol.PayloadException;
import io.sharedredis.hub.protocol.ProtocolException;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Calls clients of a hub from outside of its servers, with the bytes that an ASP.NET Core server
 * would publish. Thread-safe.
 */
public final class HubSender implements AutoCloseable {

  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private static final byte END_OF_FRAME = 0x1e;

  /** Whose clients are called. */
  public enum Audience {
    ALL,
    GROUP,
    USER,
    CONNECTION
  }

  private final RedisLink<String, byte[]> link;
  private final String prefix;
  private final Channels channels;

  /**
   * Begins to connect; returns at once.
   *
   * @param channelPrefix put before every channel name; usually none
   * @param hub full name of the hub
   */
  public HubSender(RedisNetwork network, RedisAddress address, String channelPrefix, String hub) {
    this.prefix = channelPrefix;
    this.channels = new Channels(hub);
    this.link = new RedisLink<>(network, "hub send", address, CODEC);
  }

  /** Completes when commands can be sent. */
  public CompletableFuture<Void> firstConnected() {
    return link.firstConnected();
  }

  /**
   * Publishes a call to all those clients.
   *
   * @param name of the group, user or connection; without meaning for all
   * @param payload what {@link #payload} made
   * @return how many servers listened just before: 0 means that there is nobody
   * @throws BackplaneException when it was not sent, or nobody knows whether it was
   */
  public long send(Audience audience, String name, byte[] payload) {
    if (payload.length > HubTraffic.MAX_BYTES) {
      throw BackplaneException.notSent(
          "it is " + payload.length + " bytes long, more than servers take");
    }
    String channel = prefix + channel(audience, name);
    long servers = servers(channel);
    try {
      Long unused = link.sync(redis -> redis.publish(channel, payload));
      return servers;
    } catch (RedisUnavailableException e) {
      throw BackplaneException.unknown(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      throw BackplaneException.notSent("Redis refused it: " + e.getMessage());
    }
  }

  private String channel(Audience audience, String name) {
    return switch (audience) {
      case ALL -> channels.all();
      case GROUP -> channels.group(name);
      case USER -> channels.user(name);
      case CONNECTION -> channels.connection(name);
    };
  }

  private long servers(String channel) {
    try {
      return link.subscribers(channel).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw BackplaneException.notSent(String.valueOf(Failures.unwrap(e).getMessage()));
    }
  }

  /**
   * The call of a method as a payload.
   *
   * @param arguments a JSON array
   * @throws IllegalArgumentException when the arguments are no JSON array; shows nothing of them
   */
  public static byte[] payload(String target, String arguments) {
    Map<String, byte[]> frames;
    try {
      frames =
          new Transcoder(List.of(new JsonHubProtocol(), new MessagePackHubProtocol()))
              .complete(Map.of(JsonHubProtocol.NAME, frame(target, arguments)));
    } catch (JacksonException | ProtocolException | PayloadException e) {
      throw new IllegalArgumentException("the arguments are no JSON, or too deep", e);
    }
    return BackplaneCodec.encode(new Delivery(List.of(), frames, null, null));
  }

  /** Numbers and texts stay as they are; only blanks between them are left out. */
  private static byte[] frame(String target, String arguments) {
    JsonFactory factory = new JsonFactory();
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonParser in = factory.createParser(ObjectReadContext.empty(), arguments);
        JsonGenerator json = factory.createGenerator(ObjectWriteContext.empty(), out)) {
      if (in.nextToken() != JsonToken.START_ARRAY) {
        throw new IllegalArgumentException("the arguments are no JSON array");
      }
      json.writeStartObject();
      json.writeNumberProperty("type", 1);
      json.writeStringProperty("target", target);
      json.writeName("arguments");
      json.copyCurrentStructureExact(in);
      json.writeEndObject();
      if (in.nextToken() != null) {
        throw new IllegalArgumentException("the arguments are an array with something behind it");
      }
    }
    out.write(END_OF_FRAME);
    return out.toByteArray();
  }

  @Override
  public void close() {
    link.close();
  }
}
