package io.sharedredis.benchmarks.dataprotection;

import io.sharedredis.dataprotection.repository.KeyItem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A key taken from its stored element, and the purposes it is used under: what the bare calls are
 * given so that they make and read the very payloads of the protectors.
 *
 * @param purposes at most 127 bytes of ASCII each
 */
record SampleKey(UUID id, byte[] masterKey, List<String> purposes) {
  private static final Pattern ELEMENT =
      Pattern.compile("<key id=\"([^\"]+)\".*<value>([^<]+)</value>.*");

  static SampleKey of(KeyItem item, List<String> purposes) {
    Matcher matcher = ELEMENT.matcher(item.xml());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not an unencrypted key element");
    }
    return new SampleKey(
        UUID.fromString(matcher.group(1)), Base64.getDecoder().decode(matcher.group(2)), purposes);
  }

  /** Magic, then the key id in the byte order of a .NET GUID. */
  byte[] payloadHeader() {
    long high = id.getMostSignificantBits();
    return ByteBuffer.allocate(BareJce.HEADER_BYTES)
        .putInt(0x09F0C9F0)
        .putInt(Integer.reverseBytes((int) (high >>> 32)))
        .putShort(Short.reverseBytes((short) (high >>> 16)))
        .putShort(Short.reverseBytes((short) high))
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  /** Payload header, count of purposes, each with its length. */
  byte[] label() {
    int length = BareJce.HEADER_BYTES + 4 + purposes.stream().mapToInt(p -> p.length() + 1).sum();
    ByteBuffer label = ByteBuffer.allocate(length).put(payloadHeader()).putInt(purposes.size());
    for (String purpose : purposes) {
      label.put((byte) purpose.length()).put(purpose.getBytes(StandardCharsets.US_ASCII));
    }
    return label.array();
  }
}
