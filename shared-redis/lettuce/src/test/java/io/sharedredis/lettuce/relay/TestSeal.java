package io.sharedredis.lettuce.relay;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Seals of one farm: the plain bytes behind a hash of them and of what they are sealed for, which
 * is enough to tell them apart.
 */
record TestSeal(String farm) implements RelaySeal {

  @Override
  public byte[] seal(String from, String to, long session, byte[] plain) {
    int hash = Objects.hash(farm, from, to, session, Arrays.hashCode(plain));
    return ByteBuffer.allocate(Integer.BYTES + plain.length).putInt(hash).put(plain).array();
  }

  @Override
  public byte @Nullable [] open(String from, String to, long session, byte[] sealed) {
    if (sealed.length < Integer.BYTES) {
      return null;
    }
    byte[] plain = Arrays.copyOfRange(sealed, Integer.BYTES, sealed.length);
    return Arrays.equals(sealed, seal(from, to, session, plain)) ? plain : null;
  }
}
