import { ChatRenderer } from './chat-renderer.js';
import { OutOfTime } from './time-limit.js';

const render = (source: string, milliseconds?: number): string =>
  new ChatRenderer(source, { eos_token: '</s>' }, milliseconds).render([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Why?' },
  ]);

describe('a chat template', () => {
  it('sees messages, special tokens and the usual globals', () => {
    const source =
      '{% for m in messages %}{{ m.role }}: {{ m.content }}{{ eos_token }}{% endfor %}' +
      '{% if add_generation_prompt and true and not False and none is none %}assistant{% endif %}' +
      '{{ range(3) | length }}{{ range(1, 9, 2) | join(",") }}{{ range(5, 0, -2) | join(",") }}';
    expect(render(source)).toBe('system: Be brief.</s>user: Why?</s>assistant31,3,5,75,3,1');
  });

  it('says what it wants to say of the messages', () => {
    expect(() => render("{{ raise_exception('roles must alternate') }}")).toThrow(/^roles must alternate$/);
  });

  it('has no clock, so that replicas write the same text at midnight', () => {
    expect(render('{{ strftime_now is defined }}')).toBe('false');
  });

  it('cannot ask for a list of a trillion numbers', () => {
    expect(() => render('{% for i in range(10**12) %}x{% endfor %}')).toThrow(
      /range\(\) of 1000000000000 is/,
    );
    expect(() => render('{{ range(0, 5, 0) }}')).toThrow(/takes 1 to 3 numbers/);
    expect(() => render('{{ range() }}')).toThrow(/takes 1 to 3 numbers/);
  });

  it('is ended when it does not end, and another runs after it', () => {
    const forever =
      '{% for i in range(100000) %}{% for j in range(100000) %}{% for k in range(100000) %}' +
      '{% endfor %}{% endfor %}{% endfor %}';
    expect(() => render(forever, 200)).toThrow(OutOfTime);
    expect(() => render(forever, 200)).toThrow(/took longer than 0.2 s/);
    expect(render('{{ messages[1].content }}', 200)).toBe('Why?');
  });
});
