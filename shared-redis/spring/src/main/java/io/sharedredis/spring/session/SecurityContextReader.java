package io.sharedredis.spring.session;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextImpl;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/** Reads what Spring Security keeps in a session: whoever is signed in, by whatever way. */
final class SecurityContextReader
    extends FieldsReader<SecurityContextImpl, SecurityContextReader.Fields> {

  private @Nullable ValueDeserializer<Object> signIns;

  /** What has been read of one context. */
  static final class Fields {
    private @Nullable Authentication authentication;
  }

  @Override
  void findParts(DeserializationContext context) {
    signIns = reader(context, Authentication.class);
  }

  @Override
  Fields begin() {
    return new Fields();
  }

  @Override
  boolean field(Fields fields, String name, JsonParser parser, DeserializationContext context) {
    if (!name.equals("authentication")) {
      return false;
    }
    fields.authentication =
        parser.hasToken(JsonToken.VALUE_NULL)
            ? null
            : (Authentication) Objects.requireNonNull(signIns).deserialize(parser, context);
    return true;
  }

  @Override
  @SuppressWarnings("NullAway") // A context of nobody, as Spring Security makes it.
  SecurityContextImpl end(Fields fields, DeserializationContext context) {
    return new SecurityContextImpl(fields.authentication);
  }
}
