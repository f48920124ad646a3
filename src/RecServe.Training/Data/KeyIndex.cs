namespace RecServe.Training.Data;

/// <summary>Numbers the row keys of one field in the order they are met, until it is known which of them get a row.</summary>
internal sealed class KeyIndex
{
    private readonly Dictionary<ulong, int> _numbers = [];

    /// <summary>Keys by number.</summary>
    public List<ulong> Keys { get; } = [];

    public int NumberOf(ulong key)
    {
        if (_numbers.TryGetValue(key, out int number))
            return number;
        number = Keys.Count;
        _numbers.Add(key, number);
        Keys.Add(key);
        return number;
    }
}
