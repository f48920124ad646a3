using System.Text;
using RecServe.Training.Data;

namespace RecServe.Training.Tests.Data;

public class DelimitedReaderTests
{
    // Random tables, written by RFC 4180 and read back through buffers far smaller than a line.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Read_random_tables_come_back_cell_for_cell(int seed)
    {
        using var folder = new DataFolder();
        var random = new Random(seed);
        for (int round = 0; round < 50; round++)
        {
            int columns = random.Next(1, 8);
            string[][] table = [.. Enumerable.Range(0, random.Next(1, 18)).Select(_ => Enumerable.Range(0, columns).Select(_ => Cell(random)).ToArray())];
            string lineBreak = random.Next(2) == 0 ? "\n" : "\r\n";
            string text = string.Join(lineBreak, table.Select(row => string.Join(',', row.Select(cell => Quote(cell, random, columns)))));
            string path = folder.Write("t.csv", text + (random.Next(2) == 0 ? lineBreak : ""));
            var bad = new BadLines(0);
            string[] names = [.. Enumerable.Range(0, columns).Select(i => $"c{i}")];
            using var reader = new DelimitedReader(DataFile.Open(path, null), ',', true, names, 1 << 20, bad, bufferBytes: random.Next(3, 40));
            long line = 1;
            foreach (string[] row in table)
            {
                Assert.True(reader.Read());
                Assert.Equal(line, reader.Line);
                for (int i = 0; i < columns; i++)
                    Assert.Equal(row[i], Encoding.UTF8.GetString(reader[i]));
                line += 1 + row.Sum(cell => cell.Count(c => c == '\n'));
            }

            Assert.False(reader.Read());
            bad.Check();
        }
    }

    [Fact]
    public void Read_open_quote_gives_up_one_line_and_goes_on_with_the_next()
    {
        using var folder = new DataFolder();
        string path = folder.Write("t.csv", "a,b\n\"x,1\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"y{i},{i}\n")));
        var bad = new BadLines(1);
        using var reader = new DelimitedReader(DataFile.Open(path, null), ',', true, null, 64, bad, bufferBytes: 16);
        for (int i = 0; i < 100; i++)
        {
            Assert.True(reader.Read());
            Assert.Equal(3 + i, reader.Line);
            Assert.Equal($"y{i}", Encoding.UTF8.GetString(reader[0]));
        }

        Assert.False(reader.Read());
        Assert.Equal(1, bad.Count);
        bad.Check();
    }

    [Fact]
    public void Read_long_line_is_skipped_without_being_kept()
    {
        using var folder = new DataFolder();
        string path = folder.Write("t.csv", "a,b\n1,2\n" + new string('x', 10_000) + "\n3,4\n\"" + new string('y', 100) + "\n" + new string('z', 100) + "\",5\n6,7");
        var bad = new BadLines(10);
        using var reader = new DelimitedReader(DataFile.Open(path, null), ',', true, null, 64, bad, bufferBytes: 16);
        var seen = new List<string>();
        while (reader.Read())
            seen.Add($"{reader.Line}:{Encoding.UTF8.GetString(reader[0])}");
        Assert.Equal(["2:1", "4:3", "7:6"], seen);
        Assert.Equal(3, bad.Count);
    }

    private static string Cell(Random random)
    {
        const string Alphabet = "ab\",\n\r ä€|'";
        return new string([.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
    }

    private static string Quote(string cell, Random random, int columns)
    {
        // A line of one empty cell would be a blank line, which is passed over.
        bool needed = cell.AsSpan().IndexOfAny("\",\n\r") >= 0 || (columns == 1 && cell.Length == 0);
        return needed || random.Next(3) == 0 ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }
}
