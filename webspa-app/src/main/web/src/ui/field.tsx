import { useId } from "preact/hooks";

interface TextFieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly problem: string | undefined;
  readonly autocomplete: string;
  readonly hint?: string;
  readonly inputMode?: "numeric";
  readonly wide?: boolean;
  onChange(value: string): void;
}

/** A labelled text field that says what is wrong with it, to the eye and to a screen reader. */
export function TextField(props: TextFieldProps) {
  const { label, name, value, problem, autocomplete, hint, inputMode = "text", wide = false, onChange } = props;
  const id = useId();
  return (
    <div class={wide ? "field field-wide" : "field"}>
      <label for={id}>
        {label} {hint !== undefined && <span class="hint">{hint}</span>}
      </label>
      <input
        id={id}
        name={name}
        value={value}
        autocomplete={autocomplete}
        inputMode={inputMode}
        required
        maxLength={100}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
        onInput={(event) => onChange(event.currentTarget.value)}
        data-testid={`field-${name}`}
      />
      {problem !== undefined && (
        <p class="problem" id={`${id}-problem`} data-testid={`problem-${name}`}>
          {problem}
        </p>
      )}
    </div>
  );
}
