package io.sharedredis.dataprotection.aspnet.session;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.crypto.KeyIdBytes;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A session as ASP.NET Core keeps it in the distributed cache: {@code 02 || u24be count || id(16)
 * || (u16be key length, key, i32be value length, value)*}. Not protected.
 *
 * @param id the session id, which is not the key in the cache
 * @param values in their order; text is UTF-8, an int four bytes big-endian
 */
public record SessionData(UUID id, Map<String, byte[]> values) {
  private static final int VERSION = 2;
  private static final int MAX_KEY_BYTES = 0xffff;
  private static final int MAX_VALUES = 0xffffff;

  public SessionData {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * @throws IllegalArgumentException if a key is longer than 65,535 bytes
   */
  public byte[] write() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(VERSION << 24 | (values.size() & MAX_VALUES));
      byte[] idBytes = new byte[KeyIdBytes.LENGTH];
      KeyIdBytes.put(id, idBytes, 0);
      out.write(idBytes);
      for (Map.Entry<String, byte[]> value : values.entrySet()) {
        byte[] key = value.getKey().getBytes(StandardCharsets.UTF_8);
        if (key.length > MAX_KEY_BYTES) {
          throw new IllegalArgumentException(
              "a session key of " + key.length + " bytes; at most " + MAX_KEY_BYTES + " fit");
        }
        out.writeShort(key.length);
        out.write(key);
        out.writeInt(value.getValue().length);
        out.write(value.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws DataProtectionException if the bytes are of another version or cut
   */
  public static SessionData read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    need(in, Integer.BYTES + KeyIdBytes.LENGTH);
    int first = in.getInt();
    if (first >>> 24 != VERSION) {
      throw malformed();
    }
    byte[] idBytes = new byte[KeyIdBytes.LENGTH];
    in.get(idBytes);
    Map<String, byte[]> values = new LinkedHashMap<>();
    for (int i = 0; i < (first & MAX_VALUES); i++) {
      need(in, Short.BYTES);
      byte[] key = take(in, in.getShort() & 0xffff);
      need(in, Integer.BYTES);
      values.put(new String(key, StandardCharsets.UTF_8), take(in, in.getInt()));
    }
    return new SessionData(KeyIdBytes.get(idBytes, 0), values);
  }

  private static byte[] take(ByteBuffer in, int count) {
    need(in, count);
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  private static void need(ByteBuffer in, int count) {
    if (count < 0 || in.remaining() < count) {
      throw malformed();
    }
  }

  private static DataProtectionException malformed() {
    return new DataProtectionException("the session bytes are cut or of another version");
  }
}
