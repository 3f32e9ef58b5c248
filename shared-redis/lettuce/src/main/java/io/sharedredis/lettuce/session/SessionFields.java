package io.sharedredis.lettuce.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a session's hash. Whatever Redis holds is taken without an error: what cannot be
 * read counts as absent.
 */
final class SessionFields {

  private static final String ATTRIBUTE = "x:";
  private static final String PREVIOUS = "p:";

  /** Digits of a generation; more cannot come from counting. */
  private static final int MAX_DIGITS = 15;

  private final Map<String, byte[]> fields = new HashMap<>();
  private int size;

  /** Reads a reply of names and values in turn. */
  SessionFields(List<?> reply) {
    for (int i = 0; i + 1 < reply.size(); i += 2) {
      if (reply.get(i) instanceof byte[] name && reply.get(i + 1) instanceof byte[] value) {
        fields.put(new String(name, StandardCharsets.UTF_8), value);
        size += name.length + value.length;
      }
    }
  }

  int size() {
    return size;
  }

  Optional<byte[]> bytes(String field) {
    return Optional.ofNullable(fields.get(field));
  }

  Optional<Long> number(String field) {
    return bytes(field).map(value -> parse(value, value.length)).filter(value -> value >= 0);
  }

  boolean isNegative(String field) {
    return bytes(field).filter(value -> value.length > 1 && value[0] == '-').isPresent();
  }

  /** Sealed values by name; those a former id may see when {@code seenUpTo} is given. */
  Map<String, byte[]> attributes(@Nullable Long seenUpTo) {
    Map<String, byte[]> attributes = new LinkedHashMap<>();
    if (seenUpTo != null) {
      collect(PREVIOUS, seenUpTo, attributes);
    }
    collect(ATTRIBUTE, seenUpTo, attributes);
    return Collections.unmodifiableMap(attributes);
  }

  private void collect(String prefix, @Nullable Long seenUpTo, Map<String, byte[]> attributes) {
    fields.forEach(
        (field, value) -> {
          byte[] sealed = field.startsWith(prefix) ? visible(value, seenUpTo) : null;
          if (sealed != null) {
            attributes.put(field.substring(prefix.length()), sealed);
          }
        });
  }

  /** The value behind {@code generation:}, or null if there is none or it is too young. */
  private static byte @Nullable [] visible(byte[] value, @Nullable Long seenUpTo) {
    int colon = 0;
    while (colon < value.length && value[colon] != ':') {
      colon++;
    }
    long generation = colon < value.length ? parse(value, colon) : -1;
    if (generation < 0 || (seenUpTo != null && generation > seenUpTo)) {
      return null;
    }
    return Arrays.copyOfRange(value, colon + 1, value.length);
  }

  /** A number of {@code length} decimal digits, or -1. */
  private static long parse(byte[] digits, int length) {
    if (length == 0 || length > MAX_DIGITS) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < length; i++) {
      if (digits[i] < '0' || digits[i] > '9') {
        return -1;
      }
      number = number * 10 + digits[i] - '0';
    }
    return number;
  }
}
