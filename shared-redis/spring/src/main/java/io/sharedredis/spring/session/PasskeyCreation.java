package io.sharedredis.spring.session;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.webauthn.api.AttestationConveyancePreference;
import org.springframework.security.web.webauthn.api.AuthenticatorAttachment;
import org.springframework.security.web.webauthn.api.AuthenticatorSelectionCriteria;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialCreationOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialParameters;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRpEntity;
import org.springframework.security.web.webauthn.api.ResidentKeyRequirement;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;

/** What was asked of an authenticator that is to make a passkey. */
final class PasskeyCreation {

  /** Kinds of keys by their number among those of COSE; there are no others to be had. */
  private static final Map<Long, PublicKeyCredentialParameters> KINDS =
      Stream.of(
              PublicKeyCredentialParameters.EdDSA,
              PublicKeyCredentialParameters.ES256,
              PublicKeyCredentialParameters.ES384,
              PublicKeyCredentialParameters.ES512,
              PublicKeyCredentialParameters.RS256,
              PublicKeyCredentialParameters.RS384,
              PublicKeyCredentialParameters.RS512,
              PublicKeyCredentialParameters.RS1)
          .collect(toUnmodifiableMap(kind -> kind.getAlg().getValue(), kind -> kind));

  private PasskeyCreation() {}

  static final class Writer extends FieldsWriter<PublicKeyCredentialCreationOptions> {
    @Override
    void fields(
        PublicKeyCredentialCreationOptions options,
        JsonGenerator json,
        SerializationContext context) {
      json.writeObjectPropertyStart("rp");
      json.writeStringProperty("id", options.getRp().getId());
      json.writeStringProperty("name", options.getRp().getName());
      json.writeEndObject();
      json.writeObjectPropertyStart("user");
      PasskeyUser.write(options.getUser(), json);
      json.writeEndObject();
      json.writeStringProperty("challenge", options.getChallenge().toBase64UrlString());
      PasskeyParts.writeAll(
          "pubKeyCredParams",
          options.getPubKeyCredParams(),
          json,
          kind -> json.writeNumber(kind.getAlg().getValue()));
      PasskeyParts.writeText("timeout", options.getTimeout(), Duration::toString, json);
      PasskeyParts.writeAll(
          "excludeCredentials",
          options.getExcludeCredentials(),
          json,
          credential -> PasskeyParts.write(credential, json));
      writeSelection(options.getAuthenticatorSelection(), json);
      PasskeyParts.writeText(
          "attestation", options.getAttestation(), AttestationConveyancePreference::getValue, json);
      PasskeyParts.writeExtensions(options.getExtensions(), json, context);
    }

    private static void writeSelection(
        @Nullable AuthenticatorSelectionCriteria selection, JsonGenerator json) {
      if (selection == null) {
        json.writeNullProperty("authenticatorSelection");
        return;
      }
      json.writeObjectPropertyStart("authenticatorSelection");
      PasskeyParts.writeText(
          "authenticatorAttachment",
          selection.getAuthenticatorAttachment(),
          AuthenticatorAttachment::getValue,
          json);
      PasskeyParts.writeText(
          "residentKey", selection.getResidentKey(), ResidentKeyRequirement::getValue, json);
      PasskeyParts.writeVerification(selection.getUserVerification(), json);
      json.writeEndObject();
    }
  }

  static final class Reader extends TreeReader<PublicKeyCredentialCreationOptions> {
    @Override
    public Class<PublicKeyCredentialCreationOptions> handledType() {
      return PublicKeyCredentialCreationOptions.class;
    }

    @Override
    @SuppressWarnings("NullAway") // What was null when it was written.
    PublicKeyCredentialCreationOptions read(JsonNode tree, DeserializationContext context) {
      JsonNode rp = required(tree, "rp");
      return PublicKeyCredentialCreationOptions.builder()
          .rp(
              PublicKeyCredentialRpEntity.builder()
                  .id(text(rp, "id"))
                  .name(text(rp, "name"))
                  .build())
          .user(PasskeyUser.read(required(tree, "user")))
          .challenge(PasskeyParts.challenge(tree))
          .pubKeyCredParams(list(tree, "pubKeyCredParams", Reader::kind))
          .timeout(named(tree, "timeout", Duration::parse))
          .excludeCredentials(list(tree, "excludeCredentials", PasskeyParts::credential))
          .authenticatorSelection(selection(part(tree, "authenticatorSelection")))
          .attestation(named(tree, "attestation", AttestationConveyancePreference::valueOf))
          .extensions(PasskeyParts.extensions(tree, context))
          .build();
    }

    private static PublicKeyCredentialParameters kind(JsonNode number) {
      PublicKeyCredentialParameters kind =
          number.isIntegralNumber() && number.canConvertToLong()
              ? KINDS.get(number.longValue())
              : null;
      if (kind == null) {
        throw new IllegalArgumentException("no kind of key");
      }
      return kind;
    }

    @SuppressWarnings("NullAway") // What was null when it was written.
    private static @Nullable AuthenticatorSelectionCriteria selection(@Nullable JsonNode tree) {
      return tree == null
          ? null
          : AuthenticatorSelectionCriteria.builder()
              .authenticatorAttachment(
                  named(tree, "authenticatorAttachment", AuthenticatorAttachment::valueOf))
              .residentKey(named(tree, "residentKey", ResidentKeyRequirement::valueOf))
              .userVerification(PasskeyParts.verification(tree))
              .build();
    }
  }
}
