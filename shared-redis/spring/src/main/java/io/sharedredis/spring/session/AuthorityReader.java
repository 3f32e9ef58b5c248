package io.sharedredis.spring.session;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;

/** Reads a role or another authority that is nothing but a name. */
final class AuthorityReader extends FieldsReader<SimpleGrantedAuthority, AuthorityReader.Fields> {

  /** What has been read of one authority. */
  static final class Fields {
    private @Nullable String authority;
  }

  @Override
  Fields begin() {
    return new Fields();
  }

  @Override
  boolean field(Fields fields, String name, JsonParser parser, DeserializationContext context) {
    if (!name.equals("authority")) {
      return false;
    }
    fields.authority = parser.getValueAsString();
    // Anything but text means nothing here.
    parser.skipChildren();
    return true;
  }

  @Override
  SimpleGrantedAuthority end(Fields fields, DeserializationContext context) {
    String authority = fields.authority;
    return authority == null || authority.isBlank()
        ? context.reportInputMismatch(SimpleGrantedAuthority.class, "the authority has no name")
        : new SimpleGrantedAuthority(authority);
  }
}
