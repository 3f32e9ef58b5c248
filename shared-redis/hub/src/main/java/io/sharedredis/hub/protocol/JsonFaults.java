package io.sharedredis.hub.protocol;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/**
 * What is wrong with JSON in the words of .NET's reader and writer, as clients see it where
 * detailed errors are on. The common faults only; of others the place is told.
 */
final class JsonFaults {
  private JsonFaults() {}

  /**
   * The fault of a text that is no JSON.
   *
   * @param failure null when there is nothing but blanks
   */
  static ProtocolException unreadable(byte[] json, @Nullable JacksonException failure) {
    int start = 0;
    while (start < json.length && json[start] <= ' ') {
      start++;
    }
    int end = json.length;
    while (end > start && json[end - 1] <= ' ') {
      end--;
    }
    if (start == end) {
      return at(
          start,
          "The input does not contain any JSON tokens. Expected the input to start with a valid"
              + " JSON token, when isFinalBlock is true.");
    }
    if ("{[\"-0123456789tfn".indexOf(json[start]) < 0) {
      return at(start, "'" + (char) json[start] + "' is an invalid start of a value.");
    }
    if (json[end - 1] == ',') {
      return at(
          end - 1, "Expected start of a property name or value, but instead reached end of data.");
    }
    if (failure == null || failure instanceof UnexpectedEndOfInputException) {
      return at(
          json.length,
          "Expected depth to be zero at the end of the JSON payload. There is an open JSON object"
              + " or array that should be closed.");
    }
    // What is too deep or too long has no place.
    TokenStreamLocation found = failure.getLocation();
    int place = found == null ? 0 : (int) Math.max(0, found.getByteOffset() - 1);
    return at(Math.min(place, json.length), "Error reading JSON.");
  }

  private static ProtocolException at(int place, String text) {
    return new ProtocolException(
        "JsonReaderException", text + " LineNumber: 0 | BytePositionInLine: " + place + ".");
  }

  /** A number that is none of {@code type}. */
  static ProtocolException number(String type) {
    return new ProtocolException(
        "FormatException",
        "Either the JSON value is not in a supported format, or is out of bounds for an "
            + type
            + ".");
  }

  /** Why a value could not be written: it nests too deep, or the mapper's own reason. */
  static @Nullable String unwritable(JacksonException failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof StreamConstraintsException)) {
      cause = cause.getCause();
    }
    if (cause == null) {
      return failure.getOriginalMessage();
    }
    StringBuilder path = new StringBuilder("$");
    for (JacksonException.Reference step : failure.getPath()) {
      String name = step.getPropertyName();
      if (name == null || name.isEmpty()) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append('.').append(Character.toUpperCase(name.charAt(0))).append(name.substring(1));
      }
    }
    return "A possible object cycle was detected. This can either be due to a cycle or if the object"
        + " depth is larger than the maximum allowed depth of "
        + EnvelopeFactory.MAX_DEPTH
        + ". Consider using ReferenceHandler.Preserve on JsonSerializerOptions to support cycles."
        + " Path: "
        + path
        + ".";
  }
}
