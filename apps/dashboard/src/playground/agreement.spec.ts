import { agreement } from './agreement.js';

describe('agreement of answers', () => {
  it('is whole for equal texts, and for one that stops early', () => {
    expect(agreement('Tokyo.', 'Tokyo.')).toEqual({ same: 'Tokyo.', different: '' });
    expect(agreement('Tokyo.', 'Tok')).toEqual({ same: 'Tok', different: '' });
  });

  it('ends at the first character that differs', () => {
    expect(agreement('It is Tokyo.', 'It is Kyoto.')).toEqual({ same: 'It is ', different: 'Kyoto.' });
    expect(agreement('Yes', 'Yes!')).toEqual({ same: 'Yes', different: '!' });
  });

  it('does not cut a character that is two units long', () => {
    expect(agreement('a😀', 'a😁')).toEqual({ same: 'a', different: '😁' });
  });
});
