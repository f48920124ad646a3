namespace RecServe.Embeddings;

/// <summary>Keys in the order they were asked for, numbered from 0 by first appearance.</summary>
public sealed class AccessTrace
{
    private AccessTrace(int[] accesses, int keys) => (Accesses, Keys) = (accesses, keys);

    /// <summary>Key of each access, 0 to <see cref="Keys"/> - 1.</summary>
    public ReadOnlyMemory<int> Accesses { get; }

    /// <summary>Different keys.</summary>
    public int Keys { get; }

    /// <summary>Draws from a Zipf law.</summary>
    /// <param name="keys">Keys.</param>
    /// <param name="draws">Accesses.</param>
    /// <param name="skew">Exponent, 0 to 3.</param>
    /// <param name="seed">Seed.</param>
    public static AccessTrace Zipf(int keys, int draws, double skew, int seed)
    {
        var ranks = new ZipfRanks(keys, skew, seed);
        var accesses = new int[draws];
        for (int i = 0; i < draws; i++)
            accesses[i] = ranks.Next();
        return new AccessTrace(accesses, keys);
    }

    /// <summary>Reads ids, one a line or one column of each line.</summary>
    /// <param name="lines">Text.</param>
    /// <param name="column">Which of the columns parted by tabs or commas, from 1; 0 for the whole line.</param>
    /// <param name="skip">Lines before the first id.</param>
    /// <exception cref="InvalidDataException">A line has no such column, or there is no id; the message says which.</exception>
    public static AccessTrace Read(TextReader lines, int column, int skip)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var byText = numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        var accesses = new List<int>();
        int number = 0;
        while (lines.ReadLine() is { } line)
        {
            if (++number <= skip || line.Length == 0)
                continue;
            ReadOnlySpan<char> id = column == 0 ? line.AsSpan().Trim() : Column(line, column, number);
            if (!byText.TryGetValue(id, out int key))
                byText[id] = key = numbers.Count;
            accesses.Add(key);
        }

        return accesses.Count > 0 ? new AccessTrace([.. accesses], numbers.Count) : throw new InvalidDataException("the trace has no ids");
    }

    /// <summary>The same accesses in random order: what is left of them is how popular each key is.</summary>
    public AccessTrace Shuffled(int seed)
    {
        int[] accesses = Accesses.ToArray();
        new Random(seed).Shuffle(accesses);
        return new AccessTrace(accesses, Keys);
    }

    private static ReadOnlySpan<char> Column(string line, int column, int number)
    {
        int at = 1;
        foreach (Range range in line.AsSpan().SplitAny('\t', ','))
        {
            if (at++ == column)
                return line.AsSpan(range).Trim();
        }

        throw new InvalidDataException($"line {number} of the trace has {at - 1} columns; the ids are to be in column {column}");
    }
}
