package io.sharedredis.spring.session;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.webauthn.api.AuthenticationExtensionsClientInput;
import org.springframework.security.web.webauthn.api.AuthenticationExtensionsClientInputs;
import org.springframework.security.web.webauthn.api.AuthenticatorTransport;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredProtectAuthenticationExtensionsClientInput;
import org.springframework.security.web.webauthn.api.CredProtectAuthenticationExtensionsClientInput.CredProtect;
import org.springframework.security.web.webauthn.api.ImmutableAuthenticationExtensionsClientInput;
import org.springframework.security.web.webauthn.api.ImmutableAuthenticationExtensionsClientInputs;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialDescriptor;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialType;
import org.springframework.security.web.webauthn.api.UserVerificationRequirement;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;

/** Parts of both ceremonies: bytes as base64url, what has a name as that name. */
final class PasskeyParts {

  private PasskeyParts() {}

  static <V> void writeText(
      String name, @Nullable V value, Function<V, String> text, JsonGenerator json) {
    json.writeStringProperty(name, value == null ? null : text.apply(value));
  }

  static <V> void writeAll(
      String name, @Nullable List<V> all, JsonGenerator json, Consumer<V> element) {
    if (all == null) {
      json.writeNullProperty(name);
      return;
    }
    json.writeArrayPropertyStart(name);
    all.forEach(element);
    json.writeEndArray();
  }

  static void write(PublicKeyCredentialDescriptor credential, JsonGenerator json) {
    json.writeStartObject();
    writeText("type", credential.getType(), PublicKeyCredentialType::getValue, json);
    writeText("id", credential.getId(), Bytes::toBase64UrlString, json);
    writeAll(
        "transports",
        credential.getTransports() == null ? null : List.copyOf(credential.getTransports()),
        json,
        transport -> json.writeString(transport.getValue()));
    json.writeEndObject();
  }

  @SuppressWarnings("NullAway") // What was null when it was written.
  static PublicKeyCredentialDescriptor credential(JsonNode tree) {
    List<AuthenticatorTransport> transports =
        TreeReader.list(
            tree, "transports", name -> AuthenticatorTransport.valueOf(TreeReader.text(name)));
    return PublicKeyCredentialDescriptor.builder()
        .type(TreeReader.named(tree, "type", PublicKeyCredentialType::valueOf))
        .id(TreeReader.named(tree, "id", Bytes::fromBase64))
        .transports(transports == null ? null : new LinkedHashSet<>(transports))
        .build();
  }

  static Bytes challenge(JsonNode tree) {
    return Bytes.fromBase64(TreeReader.text(TreeReader.required(tree, "challenge")));
  }

  static void writeVerification(@Nullable UserVerificationRequirement wanted, JsonGenerator json) {
    writeText("userVerification", wanted, UserVerificationRequirement::getValue, json);
  }

  static @Nullable UserVerificationRequirement verification(JsonNode tree) {
    return TreeReader.named(tree, "userVerification", PasskeyParts::verification);
  }

  /** One of those that there are: whoever asked for more than this knows must not get less. */
  private static UserVerificationRequirement verification(String name) {
    return Stream.of(
            UserVerificationRequirement.DISCOURAGED,
            UserVerificationRequirement.PREFERRED,
            UserVerificationRequirement.REQUIRED)
        .filter(wanted -> wanted.getValue().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such verification"));
  }

  static void writeExtensions(
      @Nullable AuthenticationExtensionsClientInputs extensions,
      JsonGenerator json,
      SerializationContext context) {
    writeAll(
        "extensions",
        extensions == null ? null : extensions.getInputs(),
        json,
        extension -> writeExtension(extension, json, context));
  }

  private static void writeExtension(
      AuthenticationExtensionsClientInput<?> extension,
      JsonGenerator json,
      SerializationContext context) {
    json.writeStartObject();
    json.writeStringProperty("id", extension.getExtensionId());
    Object input = extension.getInput();
    if (extension instanceof CredProtectAuthenticationExtensionsClientInput
        && input instanceof CredProtect protect) {
      json.writeStringProperty("policy", protect.getCredProtectionPolicy().name());
      json.writeBooleanProperty("enforce", protect.isEnforceCredentialProtectionPolicy());
    } else if (input == null) {
      json.writeNullProperty("input");
    } else {
      // With the name of its type, as everything that a session keeps.
      json.writeName("input");
      context
          .findRootValueSerializer(input.getClass())
          .serializeWithType(
              input,
              json,
              context,
              context.findTypeSerializer(context.constructType(Object.class)));
    }
    json.writeEndObject();
  }

  static @Nullable AuthenticationExtensionsClientInputs extensions(
      JsonNode tree, DeserializationContext context) {
    List<AuthenticationExtensionsClientInput<?>> all =
        TreeReader.list(tree, "extensions", extension -> extension(extension, context));
    return all == null
        ? null
        : new ImmutableAuthenticationExtensionsClientInputs(new ArrayList<>(all));
  }

  @SuppressWarnings("NullAway") // What was null when it was written.
  private static AuthenticationExtensionsClientInput<?> extension(
      JsonNode tree, DeserializationContext context) {
    if (tree.get("policy") != null) {
      JsonNode enforce = TreeReader.required(tree, "enforce");
      if (!enforce.isBoolean()) {
        throw new IllegalArgumentException("enforce");
      }
      return new CredProtectAuthenticationExtensionsClientInput(
          new CredProtect(
              CredProtect.ProtectionPolicy.valueOf(
                  TreeReader.text(TreeReader.required(tree, "policy"))),
              enforce.booleanValue()));
    }
    JsonNode input = TreeReader.part(tree, "input");
    return new ImmutableAuthenticationExtensionsClientInput<>(
        TreeReader.text(TreeReader.required(tree, "id")),
        input == null ? null : context.readTreeAsValue(input, Object.class));
  }
}
