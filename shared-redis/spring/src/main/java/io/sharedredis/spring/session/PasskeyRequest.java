package io.sharedredis.spring.session;

import java.time.Duration;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRequestOptions;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;

/** What was asked of an authenticator that is to prove that it has a passkey. */
final class PasskeyRequest {

  private PasskeyRequest() {}

  static final class Writer extends FieldsWriter<PublicKeyCredentialRequestOptions> {
    @Override
    void fields(
        PublicKeyCredentialRequestOptions options,
        JsonGenerator json,
        SerializationContext context) {
      json.writeStringProperty("challenge", options.getChallenge().toBase64UrlString());
      PasskeyParts.writeText("timeout", options.getTimeout(), Duration::toString, json);
      json.writeStringProperty("rpId", options.getRpId());
      PasskeyParts.writeAll(
          "allowCredentials",
          options.getAllowCredentials(),
          json,
          credential -> PasskeyParts.write(credential, json));
      PasskeyParts.writeVerification(options.getUserVerification(), json);
      PasskeyParts.writeExtensions(options.getExtensions(), json, context);
    }
  }

  static final class Reader extends TreeReader<PublicKeyCredentialRequestOptions> {
    @Override
    public Class<PublicKeyCredentialRequestOptions> handledType() {
      return PublicKeyCredentialRequestOptions.class;
    }

    @Override
    @SuppressWarnings(
        "NullAway") // The builder refuses null where it has to; the rest was null before.
    PublicKeyCredentialRequestOptions read(JsonNode tree, DeserializationContext context) {
      return PublicKeyCredentialRequestOptions.builder()
          .challenge(PasskeyParts.challenge(tree))
          .timeout(named(tree, "timeout", Duration::parse))
          .rpId(text(tree, "rpId"))
          .allowCredentials(list(tree, "allowCredentials", PasskeyParts::credential))
          .userVerification(PasskeyParts.verification(tree))
          .extensions(PasskeyParts.extensions(tree, context))
          .build();
    }
  }
}
