package io.sharedredis.dataprotection.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The ordered purposes of a protector, the application name first where there is one. Order matters
 * and nothing is normalised; an empty string is a purpose.
 *
 * @param purposes outermost first
 */
public record PurposeChain(List<String> purposes) {
  /** The chain without any purpose, that of the root provider. */
  public static final PurposeChain ROOT = new PurposeChain(List.of());

  public PurposeChain {
    purposes = List.copyOf(purposes);
    purposes.forEach(StrictUtf8::encode);
  }

  /** This chain with more purposes at its end. */
  public PurposeChain with(String purpose, String... more) {
    List<String> longer = new ArrayList<>(purposes.size() + 1 + more.length);
    longer.addAll(purposes);
    longer.add(purpose);
    longer.addAll(List.of(more));
    return new PurposeChain(longer);
  }

  /**
   * What binds a payload to its key and purposes: payload header, count of purposes (big-endian),
   * then each with its UTF-8 length as LEB128. Never sent; it is the label of the key derivation.
   */
  byte[] label(UUID keyId) {
    LabelBuffer label = new LabelBuffer();
    byte[] header = PayloadHeader.of(keyId);
    label.bytes(header, 0, header.length);
    label.u32(purposes.size());
    purposes.forEach(label::purpose);
    return label.toByteArray();
  }
}
