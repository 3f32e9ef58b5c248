package io.sharedredis.spring.session;

import org.jspecify.annotations.Nullable;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;

/** Reads from where somebody signed in. */
final class DetailsReader extends FieldsReader<WebAuthenticationDetails, DetailsReader.Fields> {

  /** What has been read of one object. */
  static final class Fields {
    private @Nullable String remoteAddress;
    private @Nullable String sessionId;
  }

  @Override
  Fields begin() {
    return new Fields();
  }

  @Override
  boolean field(Fields fields, String name, JsonParser parser, DeserializationContext context) {
    switch (name) {
      case "remoteAddress" -> fields.remoteAddress = parser.getValueAsString();
      case "sessionId" -> fields.sessionId = parser.getValueAsString();
      default -> {
        return false;
      }
    }
    // No object or array belongs to these fields.
    parser.skipChildren();
    return true;
  }

  @Override
  @SuppressWarnings("NullAway") // Of a request without an address, as Spring Security makes it.
  WebAuthenticationDetails end(Fields fields, DeserializationContext context) {
    return new WebAuthenticationDetails(fields.remoteAddress, fields.sessionId);
  }
}
