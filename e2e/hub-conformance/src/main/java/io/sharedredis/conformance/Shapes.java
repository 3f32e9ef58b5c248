package io.sharedredis.conformance;

import io.sharedredis.hub.HubValue;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is sent; properties are named and ordered as in the recorded server. */
final class Shapes {
  private static final UUID NO_ID = new UUID(0, 0);

  static final UUID ID = UUID.fromString("00010203-0405-0607-0706-050403020100");

  private Shapes() {}

  record CustomObject(@Nullable String name, int value) {}

  @SuppressWarnings("ArrayRecordComponent")
  record ComplexObject(
      @Nullable String string,
      int @Nullable [] intArray,
      byte @Nullable [] byteArray,
      @Nullable UUID guid,
      @Nullable DateTime dateTime) {

    ComplexObject {
      guid = Objects.requireNonNullElse(guid, NO_ID);
      dateTime = Objects.requireNonNullElse(dateTime, DateTime.MINIMUM);
    }

    static ComplexObject example() {
      return new ComplexObject(
          "hello world",
          new int[] {1, 2, 3},
          new byte[] {1, 2, 3},
          ID,
          DateTime.ofUtc("2000-01-01T00:00:00"));
    }
  }

  enum DayOfWeek {
    @HubValue(0)
    Sunday,
    @HubValue(1)
    Monday,
    @HubValue(2)
    Tuesday,
    @HubValue(3)
    Wednesday,
    @HubValue(4)
    Thursday,
    @HubValue(5)
    Friday,
    @HubValue(6)
    Saturday
  }

  @SuppressWarnings("ArrayRecordComponent")
  record Sample(
      @Nullable String name,
      int @Nullable [] numbers,
      @Nullable DayOfWeek day,
      double ratio,
      byte @Nullable [] bytes,
      @Nullable DateTime when,
      @Nullable UUID id,
      @Nullable Map<String, Integer> map,
      @Nullable String nothing) {

    Sample {
      day = Objects.requireNonNullElse(day, DayOfWeek.Sunday);
      when = Objects.requireNonNullElse(when, DateTime.MINIMUM);
      id = Objects.requireNonNullElse(id, NO_ID);
    }

    static Sample example() {
      return new Sample(
          "it's <b>é</b> \"q\" + 😀",
          new int[] {1, 2},
          DayOfWeek.Friday,
          2.0,
          new byte[] {1, 2, 3},
          DateTime.ofUtc("2000-01-01T00:00:00"),
          ID,
          Map.of("Key", 1),
          null);
    }
  }

  /** Cannot be written: it holds itself. */
  static final class Node {
    public Node getSelf() {
      return this;
    }
  }

  /** Cannot be written either. */
  static final class Unserializable {
    public Unserializable getChild() {
      return this;
    }
  }
}
