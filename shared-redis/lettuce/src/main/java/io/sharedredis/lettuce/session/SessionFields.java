package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionLife.NONE;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a session's hash. Whatever Redis holds is taken without an error: what cannot be
 * read counts as absent. Complete, and not changed any more, before others see it.
 */
final class SessionFields {

  private static final byte[] NOTHING = {};

  /** Sessions have few attributes. */
  private static final int ATTRIBUTES = 8;

  /** Digits of a generation; more cannot come from counting. */
  private static final int MAX_DIGITS = 15;

  private final @Nullable Long seenUpTo;

  /** With the generation in front. */
  private final Map<String, byte[]> attributes = new HashMap<>(ATTRIBUTES);

  /** What attributes were before the id changed, for former ids. */
  private Map<String, byte[]> previous = Map.of();

  private long version = NONE;
  private long generation = NONE;
  private long created = NONE;
  private long access = NONE;
  private long timeout = NONE;
  private byte[] id = NOTHING;
  private byte[] details = NOTHING;
  private int size;

  /** First letter of the field whose value comes next, 0 if nobody needs it. */
  private char kind;

  private String attribute = "";

  /**
   * @param seenUpTo generation a former id may see, or null for the present id
   */
  SessionFields(@Nullable Long seenUpTo) {
    this.seenUpTo = seenUpTo;
  }

  /** Reads a reply of names and values in turn. */
  SessionFields(List<?> reply, @Nullable Long seenUpTo) {
    this(seenUpTo);
    for (int i = 0; i + 1 < reply.size(); i += 2) {
      if (reply.get(i) instanceof byte[] name && reply.get(i + 1) instanceof byte[] value) {
        name(ByteBuffer.wrap(name));
        value(ByteBuffer.wrap(value));
      }
    }
  }

  /** Reads values of fields that have a letter each. */
  static SessionFields of(String letters, List<?> values) {
    SessionFields fields = new SessionFields(null);
    for (int i = 0; i < letters.length() && i < values.size(); i++) {
      if (values.get(i) instanceof byte[] value) {
        fields.value(letters.charAt(i), ByteBuffer.wrap(value));
      }
    }
    return fields;
  }

  /** The name of the field whose value comes next; the buffer is not kept. */
  void name(ByteBuffer name) {
    int length = name.remaining();
    size += length;
    kind = 0;
    if (length == 1) {
      char letter = (char) name.get(name.position());
      kind = letter == 'x' || letter == 'p' ? 0 : letter;
    } else if (length > 1 && name.get(name.position() + 1) == ':') {
      char first = (char) name.get(name.position());
      if (first == 'x' || (first == 'p' && seenUpTo != null)) {
        kind = first;
        attribute = AttributeNames.text(name, name.position() + 2);
      }
    }
  }

  /** The value of a field that has one letter; the buffer is not kept. */
  void value(char letter, ByteBuffer value) {
    kind = letter;
    value(value);
  }

  /** The value of the field that was named; the buffer is not kept. */
  void value(ByteBuffer value) {
    size += value.remaining();
    switch (kind) {
      case 'v' -> version = SessionLife.whole(value);
      case 'g' -> generation = SessionLife.whole(value);
      case 'c' -> created = SessionLife.whole(value);
      case 'a' -> access = SessionLife.whole(value);
      case 't' -> timeout = SessionLife.whole(value);
      case 'i' -> id = copy(value);
      case 'd' -> details = copy(value);
      case 'x' -> {
        if (visible(value)) {
          attributes.put(attribute, copy(value));
        }
      }
      case 'p' -> {
        if (visible(value)) {
          if (previous.isEmpty()) {
            previous = new HashMap<>(ATTRIBUTES);
          }
          previous.put(attribute, copy(value));
        }
      }
      default -> {
        // For the scripts, or of another version.
      }
    }
  }

  /** Whether a former id reads them. */
  boolean former() {
    return seenUpTo != null;
  }

  /** Bytes that were read. */
  int size() {
    return size;
  }

  long generation() {
    return Math.max(0, generation);
  }

  /** Ms since 1970. */
  long created() {
    return Math.max(0, created);
  }

  /** Ms since 1970. It stands there with a minus where the session is not to live again. */
  long access() {
    return access == NONE ? 0 : Math.abs(access);
  }

  /** In ms; negative for never. */
  long timeout() {
    return timeout == NONE ? 0 : timeout;
  }

  /** A field that is a number, or {@link SessionLife#NONE}. */
  long whole(char field) {
    return switch (field) {
      case 'v' -> version;
      case 'g' -> generation;
      case 'c' -> created;
      case 'a' -> access;
      case 't' -> timeout;
      default -> NONE;
    };
  }

  /** The sealed public id, or no bytes. */
  byte[] id() {
    return id;
  }

  /** The sealed details, or no bytes. */
  byte[] details() {
    return details;
  }

  /** Names of the attributes. */
  Set<String> names() {
    if (previous.isEmpty()) {
      return Collections.unmodifiableSet(attributes.keySet());
    }
    Set<String> names = new HashSet<>(previous.keySet());
    names.addAll(attributes.keySet());
    return Collections.unmodifiableSet(names);
  }

  /** An attribute as it is stored: generation, colon, sealed value; null if there is none. */
  byte @Nullable [] attribute(String name) {
    byte[] value = attributes.get(name);
    return value == null ? previous.get(name) : value;
  }

  /** Where the sealed value begins in a stored attribute. */
  static int sealedAt(byte[] stored) {
    int colon = 0;
    while (stored[colon] != ':') {
      colon++;
    }
    return colon + 1;
  }

  /** Whether there is a generation in front that is not too young. */
  private boolean visible(ByteBuffer value) {
    int colon = value.position();
    while (colon < value.limit() && value.get(colon) != ':') {
      colon++;
    }
    long written = colon < value.limit() ? parse(value, colon) : -1;
    return written >= 0 && (seenUpTo == null || written <= seenUpTo);
  }

  private static byte[] copy(ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.get(value.position(), bytes);
    return bytes;
  }

  /** A number of decimal digits that end before {@code end}, or -1. */
  private static long parse(ByteBuffer digits, int end) {
    int begin = digits.position();
    if (begin == end || end - begin > MAX_DIGITS) {
      return -1;
    }
    long number = 0;
    for (int i = begin; i < end; i++) {
      byte digit = digits.get(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      number = number * 10 + digit - '0';
    }
    return number;
  }
}
