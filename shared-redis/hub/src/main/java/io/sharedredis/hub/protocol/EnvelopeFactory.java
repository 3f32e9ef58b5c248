package io.sharedredis.hub.protocol;

import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.util.JsonRecyclerPools;

/** Parser of envelopes and handshakes, apart from the application's mapping of values. */
final class EnvelopeFactory {

  /** Levels of nesting, as in ASP.NET Core; deeper input is refused before it costs stack. */
  static final int MAX_DEPTH = 64;

  // Property names come from the peer: they are not interned, nor may other encodings be guessed.
  static final JsonFactory JSON = strict().enable(JsonReadFeature.ALLOW_TRAILING_COMMA).build();

  /** Of the handshake, which forgives nothing. */
  static final JsonFactory STRICT = strict().build();

  private static JsonFactoryBuilder strict() {
    return JsonFactory.builder()
        // Messages are parsed where they are read, on few threads that live long.
        .recyclerPool(JsonRecyclerPools.threadLocalPool())
        .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
        .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
        .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES);
  }

  private EnvelopeFactory() {}

  /** The token's kind as ASP.NET Core's error texts call it. */
  static String tokenName(JsonToken token) {
    return switch (token) {
      case START_OBJECT, END_OBJECT -> "Object";
      case START_ARRAY, END_ARRAY -> "Array";
      case VALUE_STRING -> "String";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "Number";
      case VALUE_TRUE, VALUE_FALSE -> "Boolean";
      case VALUE_NULL -> "Null";
      default -> "None";
    };
  }
}
