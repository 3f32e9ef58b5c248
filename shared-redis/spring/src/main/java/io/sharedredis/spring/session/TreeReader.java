package io.sharedredis.spring.session;

import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;

/** Reads a seldom object of many parts, each of which has to be there, if only as null. */
abstract class TreeReader<T> extends ValueDeserializer<T> {

  @Override
  public final T deserialize(JsonParser parser, DeserializationContext context) {
    try {
      return read(context.readTree(parser), context);
    } catch (IllegalArgumentException | DateTimeException e) {
      return context.reportInputMismatch(
          handledType(), "a part of it is missing or not what it should be");
    }
  }

  @Override
  public abstract Class<T> handledType();

  /**
   * The object of a tree.
   *
   * @throws IllegalArgumentException if a part is missing or not what it should be
   */
  abstract T read(JsonNode tree, DeserializationContext context);

  /** A part that may be null. */
  static @Nullable JsonNode part(JsonNode tree, String name) {
    JsonNode part = tree.get(name);
    if (part == null) {
      throw new IllegalArgumentException(name);
    }
    return part.isNull() ? null : part;
  }

  /** A part that has to be there. */
  static JsonNode required(JsonNode tree, String name) {
    JsonNode part = part(tree, name);
    if (part == null) {
      throw new IllegalArgumentException(name);
    }
    return part;
  }

  static @Nullable String text(JsonNode tree, String name) {
    JsonNode part = part(tree, name);
    return part == null ? null : text(part);
  }

  static String text(JsonNode part) {
    if (!part.isString()) {
      throw new IllegalArgumentException("no text");
    }
    return part.stringValue();
  }

  /** What stands for a text, or null. */
  static <V> @Nullable V named(JsonNode tree, String name, Function<String, V> meaning) {
    String text = text(tree, name);
    return text == null ? null : meaning.apply(text);
  }

  /** All of a list that may be null. */
  static <V> @Nullable List<V> list(JsonNode tree, String name, Function<JsonNode, V> meaning) {
    JsonNode part = part(tree, name);
    if (part == null) {
      return null;
    }
    if (!part.isArray()) {
      throw new IllegalArgumentException(name);
    }
    List<V> all = new ArrayList<>(part.size());
    part.forEach(element -> all.add(meaning.apply(element)));
    return all;
  }
}
