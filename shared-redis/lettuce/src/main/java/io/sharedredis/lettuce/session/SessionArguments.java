package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionNames.bytes;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/** Keys and arguments of the scripts that read and write one session, in the scripts' order. */
final class SessionArguments {

  /** Longest timeout that is kept, a hundred years: its ms fit what the scripts count with. */
  private static final Duration LONGEST = Duration.ofDays(36_525);

  /** Latest time of a creation, in ms since 1970: of 14 digits, as many as the scripts take. */
  private static final long LAST = 99_999_999_999_999L;

  private static final byte[] KEEP = {'='};
  private static final byte[] NOTHING = {};

  /** Arguments of {@code create.lua} and {@code save.lua} before the attributes. */
  private static final int CREATE = 13;

  private static final int SAVE = 16;

  private final SessionStoreOptions options;
  private final SessionNames names;
  private final SessionSeal seal;
  private final byte[] touch;
  private final byte[] formerIdFor;
  private final byte[] maxAttributes;
  private final byte[] limit;
  private final byte[] beyond;

  SessionArguments(SessionStoreOptions options, SessionNames names, SessionSeal seal) {
    this.options = options;
    this.names = names;
    this.seal = seal;
    this.touch = number(options.touchInterval().toMillis());
    this.formerIdFor = number(options.formerIdFor().toMillis());
    this.maxAttributes = number(options.maxAttributes());
    this.limit = number(options.limit().most());
    this.beyond = bytes(options.limit().beyond().word());
  }

  static byte[] number(long value) {
    return bytes(Long.toString(value));
  }

  byte[][] keys(SessionId id) {
    return keys(id.partition(), id.internal());
  }

  byte[][] keys(int partition, String internal) {
    return new byte[][] {names.session(partition, internal), names.expiry(partition)};
  }

  byte[][] load(SessionId id) {
    return new byte[][] {
      names.prefix(id.partition()), bytes(id.internal()), bytes(id.check()), touch
    };
  }

  /**
   * @param remember ms for which the id of a session that was kept elsewhere is remembered, or
   *     empty
   * @throws SessionTooLargeException if a limit is exceeded
   */
  byte[][] create(SessionId id, Instant created, SessionWrite first, byte[] remember) {
    checkLimits(first.set());
    byte[][] arguments = new byte[CREATE + 2 * first.set().size()][];
    int at = addFirst(arguments, id);
    arguments[at++] = number(Math.max(0, Math.min(created.toEpochMilli(), LAST)));
    arguments[at++] = timeout(Objects.requireNonNull(first.timeout(), "timeout"));
    arguments[at++] = owner(first.user(), NOTHING);
    at = addLimit(arguments, at);
    arguments[at++] = seal.sealId(id);
    arguments[at++] = details(id, first);
    arguments[at++] = remember;
    return addAttributes(arguments, at, id, first);
  }

  /**
   * @throws SessionTooLargeException if a limit is exceeded
   */
  byte[][] save(SessionId id, long generation, SessionWrite change) {
    checkLimits(change.set());
    SessionId newId = change.newId();
    Duration timeout = change.timeout();
    byte[][] arguments = new byte[SAVE + 2 * change.set().size() + change.removed().size()][];
    int at = addFirst(arguments, id);
    arguments[at++] = number(generation);
    arguments[at++] = newId == null ? NOTHING : bytes(newId.check());
    arguments[at++] = formerIdFor;
    arguments[at++] = timeout == null ? NOTHING : timeout(timeout);
    arguments[at++] = owner(change.user(), KEEP);
    at = addLimit(arguments, at);
    arguments[at++] = newId == null ? NOTHING : seal.sealId(newId);
    arguments[at++] = details(id, change);
    arguments[at++] = number(change.set().size());
    arguments[at++] = maxAttributes;
    return addAttributes(arguments, at, id, change);
  }

  /**
   * @param check of the public id, or empty to end whichever session it is
   * @param user hash of the only one whose session may end, or empty
   */
  byte[][] end(int partition, String internal, String check, EndReason reason, String user) {
    return new byte[][] {
      names.prefix(partition),
      bytes(internal),
      bytes(check),
      names.endsChannel(),
      bytes(reason.word()),
      touch,
      bytes(user)
    };
  }

  private void checkLimits(Map<String, byte[]> attributes) {
    if (attributes.size() > options.maxAttributes()) {
      throw SessionTooLargeException.attributes(attributes.size(), options.maxAttributes());
    }
    for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
      String name = attribute.getKey();
      int value = attribute.getValue().length;
      // Encoded only where it may matter: a character has three bytes at most.
      if (value + 3L * name.length() > options.maxAttributeBytes()
          && value + bytes(name).length > options.maxAttributeBytes()) {
        throw SessionTooLargeException.bytes(
            name, value + bytes(name).length, options.maxAttributeBytes());
      }
    }
  }

  private int addFirst(byte[][] arguments, SessionId id) {
    byte[][] first = load(id);
    System.arraycopy(first, 0, arguments, 0, first.length);
    return first.length;
  }

  private int addLimit(byte[][] arguments, int at) {
    arguments[at] = limit;
    arguments[at + 1] = beyond;
    arguments[at + 2] = names.endsChannel();
    return at + 3;
  }

  private byte[][] addAttributes(byte[][] arguments, int from, SessionId id, SessionWrite write) {
    int at = from;
    for (Map.Entry<String, byte[]> attribute : write.set().entrySet()) {
      String name = attribute.getKey();
      arguments[at++] = bytes(name);
      arguments[at++] = seal.sealAttribute(id.internal(), name, attribute.getValue());
    }
    // A new session has nothing to remove.
    for (String name : write.removed()) {
      if (at < arguments.length) {
        arguments[at++] = bytes(name);
      }
    }
    return arguments;
  }

  private byte[] details(SessionId id, SessionWrite write) {
    byte[] details = write.details();
    return details == null ? NOTHING : seal.sealDetails(id.internal(), details);
  }

  private static byte[] owner(SessionWrite.Owner owner, byte[] keep) {
    if (owner instanceof SessionWrite.Owner.User user) {
      return bytes(SessionId.userHash(user.name()));
    }
    return owner.equals(SessionWrite.Owner.NOBODY) ? NOTHING : keep;
  }

  /** In ms; what is less than one, but not zero, would mean never. */
  private static byte[] timeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      return number(timeout.isZero() ? 0 : -1);
    }
    return number(
        timeout.compareTo(LONGEST) > 0 ? LONGEST.toMillis() : Math.max(1, timeout.toMillis()));
  }
}
