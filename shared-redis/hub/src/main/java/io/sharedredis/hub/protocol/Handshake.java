package io.sharedredis.hub.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * The first record of a connection in each direction: JSON ended by 0x1E whatever the protocol,
 * {@code {"protocol":"json","version":1}} answered by <code>{}</code> or {@code {"error":"…"}}.
 *
 * @param protocol name of the protocol asked for, as sent
 * @param version version asked for; 2 and above ask for sequence numbers
 */
public record Handshake(String protocol, int version) {

  private static final byte[] ACCEPTED = {'{', '}', TextFrames.SEPARATOR};

  /**
   * Takes the request when it has all arrived, else null.
   *
   * @throws ProtocolException when it is malformed or exceeds {@code maxBytes}
   */
  public static @Nullable Handshake next(ByteBuffer input, int maxBytes) {
    byte[] frame = TextFrames.next(input, maxBytes);
    return frame == null ? null : parse(frame);
  }

  private static Handshake parse(byte[] frame) {
    String protocol = null;
    Integer version = null;
    try (JsonParser json = EnvelopeFactory.STRICT.createParser(ObjectReadContext.empty(), frame)) {
      JsonToken first = json.nextToken();
      if (first == null) {
        throw JsonFaults.unreadable(frame, null);
      }
      if (first != JsonToken.START_OBJECT) {
        throw new ProtocolException(
            "Unexpected JSON Token Type '"
                + EnvelopeFactory.tokenName(first)
                + "'. Expected a JSON Object.");
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        JsonToken token = json.nextToken();
        if (name.equals("protocol")) {
          require(token == JsonToken.VALUE_STRING, name, "String");
          protocol = json.getString();
        } else if (name.equals("version")) {
          require(token.isNumeric() || token == JsonToken.VALUE_NULL, name, "Number");
          version = token == JsonToken.VALUE_NULL ? null : Integer.valueOf(version(json));
        } else {
          json.skipChildren();
        }
      }
      if (json.currentToken() != JsonToken.END_OBJECT) {
        throw JsonFaults.unreadable(frame, null);
      }
    } catch (JacksonException e) {
      throw JsonFaults.unreadable(frame, e);
    }
    if (protocol == null) {
      throw missing("protocol", frame);
    }
    if (version == null) {
      throw missing("version", frame);
    }
    return new Handshake(protocol, version);
  }

  private static int version(JsonParser json) {
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
        || json.getNumberType() != JsonParser.NumberType.INT) {
      throw JsonFaults.number("Int32");
    }
    return json.getIntValue();
  }

  private static void require(boolean right, String name, String type) {
    if (!right) {
      throw new ProtocolException("Expected '" + name + "' to be of type " + type + ".");
    }
  }

  private static ProtocolException missing(String name, byte[] frame) {
    return new ProtocolException(
        "Missing required property '"
            + name
            + "'. Message content: "
            + new String(frame, StandardCharsets.UTF_8));
  }

  /** The answer, with its separator: an empty object, or the error. */
  public static byte[] response(@Nullable String error) {
    if (error == null) {
      return ACCEPTED.clone();
    }
    String text =
        "{\"error\":\""
            + new String(JsonStringEncoder.getInstance().quoteAsCharArray(error))
            + "\"}";
    return (text + (char) TextFrames.SEPARATOR).getBytes(StandardCharsets.UTF_8);
  }
}
